"""A sheet of shelf labels: its barcodes are read back from a picture of 203 dots an inch, and no sign is lost."""

from collections import Counter
from collections.abc import Sequence

import pypdfium2
import pytest
import zxingcpp
from PIL import Image

from lizhi_pos.checkout.papers import ShelfLabel
from lizhi_pos.documents.shelf_labels import DOTS_PER_INCH, label_sheet
from lizhi_pos.money import Yuan
from lizhi_pos.refusal import Refusal, unwrap

CODES = {
    "6920181360936": "EAN13",
    "96385074": "EAN8",
    "2012345678900": "Code128",  # a shop's own number, which carries no check digit
    "16920181360933": "Code128",
    "A-17": "Code128",
    "1234567": "Code128",
    "ABCDEFGHIJKLMNOPQR": "Code128",
}


def label(
    code: str = "A-17", name: str = "海星加碘盐400g", spec: str = "", unit: str = "袋", price: int = 250
) -> ShelfLabel:
    return ShelfLabel(code=code, name=name, spec=spec, unit=unit, price=Yuan(price), monthly_limit=2)


def pages(sheet: bytes, dots: int = DOTS_PER_INCH) -> list[Image.Image]:
    """Return each page as it comes out of a printer."""
    with pypdfium2.PdfDocument(sheet) as pdf:
        return [page.render(scale=dots / 72).to_pil().convert("L") for page in pdf]


def texts(sheet: bytes) -> str:
    with pypdfium2.PdfDocument(sheet) as pdf:
        return "\n".join(page.get_textpage().get_text_range() for page in pdf)


def scanned(pictures: Sequence[Image.Image]) -> Counter[tuple[str, str]]:
    return Counter((code.text, code.format.name) for picture in pictures for code in zxingcpp.read_barcodes(picture))


def test_every_kind_of_code_scans_at_203_dots_an_inch_wherever_it_stands() -> None:
    asked = [label(code) for code in CODES] * 4
    pictures = pages(unwrap(label_sheet(asked)))
    assert len(pictures) == 2, "21 labels stand on a page"
    assert scanned(pictures) == Counter({(code, kind): 4 for code, kind in CODES.items()})


def test_a_narrow_quiet_zone_or_a_neighbour_is_never_touched() -> None:
    [picture] = pages(unwrap(label_sheet([label(code) for code in CODES])))
    assert picture.size == (1679, 2374)
    edge = 60  # dots, 7.5 mm, which printers leave blank
    blank = picture.crop((0, 0, edge, picture.height)).getextrema()
    assert blank == (255, 255)


def test_a_code_too_long_to_scan_has_no_bars_but_can_be_read() -> None:
    long = "ABCDEFGHIJKLMNOPQRSTUVWXYZ012345"
    sheet = unwrap(label_sheet([label(long)]))
    assert not scanned(pages(sheet))
    assert long in texts(sheet)


def test_what_a_label_says() -> None:
    said = texts(unwrap(label_sheet([label(spec="中袋", price=12345678)])))
    for words in ("海星加碘盐400g", "123456.78", "中袋", "积分/袋", "标价123456.78元", "每户每月限2件", "A-17"):
        assert words in said
    assert "400g" not in texts(unwrap(label_sheet([label(spec="400g")]))).replace("海星加碘盐400g", "")


@pytest.mark.parametrize("name", ["长" * 60, "W" * 120, '[/]#促销*_$x$ \\ "', "a b  c", "𬭎㛃䶮", "é×·°½"])
def test_any_name_stays_inside_its_label(name: str) -> None:
    said = texts(unwrap(label_sheet([label(name=name)])))
    assert "".join(name.split()) in "".join(said.split()).replace("\u200b", "")
    with_it, without = (pages(unwrap(label_sheet([label(name=n)])))[0] for n in (name, "盐"))
    below = (0, 66 + 90, with_it.width, with_it.height)  # the name ends above the price
    assert with_it.crop(below).tobytes() == without.crop(below).tobytes()


def test_a_sign_that_the_font_lacks_is_named_and_nothing_is_made() -> None:
    answer = label_sheet([label(), label(name="快乐😀盐"), label(name="零\u200b宽", unit="😺")])
    assert isinstance(answer, Refusal)
    assert answer.text is not None
    [told] = answer.text.args
    assert "快乐😀盐: 😀" in str(told)
    assert "\u200b" in str(told)
    assert "😺" in str(told)


def test_the_same_labels_are_the_same_bytes() -> None:
    asked = [label(code) for code in CODES]
    assert label_sheet(asked) == label_sheet(asked)
