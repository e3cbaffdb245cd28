import os
import subprocess
import sys
from pathlib import Path

import pytest
from escpos_reader import Paper, PrintedLine, read
from msgspec.structs import replace
from printing_helpers import SALT

from lizhi_pos.checkout.receipt import Receipt
from lizhi_pos.printing import raster
from lizhi_pos.printing.elements import Barcode, Cell, Cells, Cut, Line, QrCode, Size
from lizhi_pos.printing.encode import encode
from lizhi_pos.printing.profiles import Profile, load_profile, profile_names
from lizhi_pos.printing.receipt_layout import TrialPage, receipt_elements, trial_elements

GOLDEN = Path(__file__).parent / "golden"
RARE = "䶮㛃𬭎"


def profile(stem: str) -> Profile:
    found = load_profile(stem)
    assert isinstance(found, Profile)
    return found


def printed(receipt: Receipt, stem: str = "generic-58", copy: int = 0) -> Paper:
    chosen = profile(stem)
    return read(encode(receipt_elements(receipt, chosen.columns, copy), chosen))


@pytest.mark.parametrize("stem", ["generic-58", "generic-80"])
@pytest.mark.parametrize("copy", [0, 1])
def test_golden_bytes(receipt: Receipt, stem: str, copy: int) -> None:
    """`LIZHI_GOLDEN=write` writes them anew; look at the difference before keeping it."""
    chosen = profile(stem)
    data = encode(receipt_elements(receipt, chosen.columns, copy), chosen)
    path = GOLDEN / f"{stem}{'-copy' if copy else ''}.bin"
    if os.environ.get("LIZHI_GOLDEN") == "write":
        path.write_bytes(data)
    assert data == path.read_bytes()


def test_a_printer_reads_the_chinese_lines(receipt: Receipt) -> None:
    paper = printed(receipt)
    assert paper.hanzi_mode
    assert [line.strip() for line in paper.lines][:4] == [
        "励志超市",
        "大同镇文明积分兑换小票",
        "-" * 32,
        "单号 1-2024-000123",
    ]
    assert "合计                       11.00" in paper.lines
    assert "积分只兑物品,不兑现金" in paper.lines
    assert len("          2.50 × 2         5.00".encode("gbk")) == 32
    assert "          2.50 × 2         5.00" in paper.lines


def test_the_shop_is_double_and_everything_after_it_normal(receipt: Receipt) -> None:
    paper = printed(receipt, copy=1)
    assert paper.line("励志超市") == PrintedLine("励志超市", 1, False, 0x11, 0x0C)
    assert paper.line("补打 第1次") == PrintedLine("补打 第1次", 1, True, 0x01, 0x08)
    assert paper.line("单号 1-2024-000123") == PrintedLine("单号 1-2024-000123")


def test_only_a_printer_with_a_cutter_cuts(receipt: Receipt) -> None:
    assert (printed(receipt, "generic-58").cuts, printed(receipt, "generic-80").cuts) == (0, 1)
    assert printed(receipt, "generic-58").fed >= 4


def test_size_commands_follow_the_profile() -> None:
    base, line = profile("generic-58"), [Line("大", size="double")]
    gs, fs = (read(encode(line, replace(base, size_command=c))).line("大") for c in ("GS", "FS"))
    assert (gs.latin_size, gs.hanzi_size, fs.latin_size, fs.hanzi_size) == (0x11, 0, 0, 0x0C)


@pytest.mark.parametrize("stem", profile_names())
def test_every_profile_prints_receipt_and_trial_page(receipt: Receipt, stem: str) -> None:
    chosen = profile(stem)
    page = trial_elements(TrialPage("前台", stem, "2024-04-28 09:41"), chosen.columns)
    for elements in (receipt_elements(receipt, chosen.columns), page):
        paper = read(encode(elements, chosen))
        assert all(len(line.encode("gbk")) <= chosen.columns for line in paper.lines)
        assert all(picture.width <= chosen.width_dots for picture in paper.pictures)


def test_a_line_with_a_rare_character_is_drawn_whole(receipt: Receipt) -> None:
    plain, paper = printed(receipt), printed(replace(receipt, proxy=f"李{RARE}"))
    assert len(paper.pictures) == len(plain.pictures) + 1
    strip = next(p for p in paper.pictures if p.height == 30)
    assert strip.width == 384
    assert strip.ink > 500
    assert not any("李" in line or "?" in line for line in paper.lines)


def test_drawn_figures_keep_their_column() -> None:
    """A wide line with a rare name: the amount's ink ends where the printer's own font would end it."""
    row = Cells((Cell(f"{RARE}牌盐", 20), Cell("5.00", 12, "right")))
    (strip,) = read(encode([row], profile("generic-58"))).pictures
    inked = [x for x in range(384) if any(row[x // 8] >> (7 - x % 8) & 1 for row in strip.rows)]
    assert 384 - 12 <= max(inked) < 384
    assert min(inked) < 6
    assert not [x for x in inked if 10 * 24 < x < 28 * 12 - 2], "ink between the name and the amount"


@pytest.mark.parametrize(("size", "height"), [("normal", 30), ("tall", 60), ("double", 60)])
def test_drawn_lines_are_not_clipped(size: Size, height: int) -> None:
    (strip,) = read(encode([Line(f"{RARE}gy", size=size)], profile("generic-58"))).pictures
    assert strip.height == height
    assert not any(strip.rows[0])
    assert not any(strip.rows[-1])


def test_without_a_font_the_code_stands_there(receipt: Receipt, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(raster, "can_draw", lambda character: False)
    paper = printed(replace(receipt, proxy="李𬭎", lines=(replace(SALT, name="䶮牌食盐"),)))
    assert "代领 李〔U+2CB4E〕(儿媳)" in paper.lines
    assert "〔U+4DAE〕牌食盐" in paper.lines
    assert len(paper.pictures) == 1, "only the barcode"


def test_a_character_that_no_font_has_is_named_by_its_code() -> None:
    paper = read(encode([Line("甲\U0003ffff乙")], profile("generic-58")))
    assert paper.lines == ["甲〔U+3FFFF〕乙"]


@pytest.mark.parametrize("text", ["x\u0327\u0301", "👍好", "\u0e33", "𬭎\u0301", "ﷺ"])
@pytest.mark.parametrize("size", ["normal", "tall", "double"])
def test_any_script_gets_onto_paper_somehow(text: str, size: Size) -> None:
    paper = read(encode([Line(text, size=size, bold=True)], profile("generic-58")))
    assert paper.parts
    assert "?" not in "".join(paper.lines)


def test_names_cannot_carry_commands(receipt: Receipt) -> None:
    paper = printed(replace(receipt, lines=(replace(SALT, name="盐\x1b@\x1dV\x00\x10\x04\x01\n糖"),)))
    assert paper.cuts == 0
    assert "盐 @ V     糖" in paper.lines


def test_barcode_is_drawn_or_named_by_the_profile() -> None:
    drawn = read(encode([Barcode("1-2024-000123")], profile("generic-58")))
    assert [p.height for p in drawn.pictures] == [64]
    assert drawn.lines == ["1-2024-000123"]
    native = read(encode([Barcode("1-2024-000123")], profile("epson-tm-t88")))
    assert native.parts[0] == "{B1-2024-000123"
    assert native.lines == ["1-2024-000123"]


def test_a_number_without_a_barcode_is_still_printed() -> None:
    for text in ("纸质-2024-000123", "x" * 80):
        paper = read(encode([Barcode(text)], profile("generic-58")))
        assert not paper.pictures
        assert "".join(line.strip() for line in paper.lines) == text


def test_qr_code_is_drawn_or_named_by_the_profile() -> None:
    assert read(encode([QrCode("GZ0012")], profile("generic-58"))).pictures[0].ink > 1000
    assert "GZ0012" in read(encode([QrCode("GZ0012"), Cut()], profile("epson-tm-t82"))).parts


def test_printing_is_imported_only_when_it_prints(tmp_path: Path) -> None:
    code = """
import sys
import lizhi_pos.printing.spool
heavy = {'escpos', 'PIL', 'barcode', 'qrcode', 'serial', 'usb', 'textual', 'pylopdf_fonts_zh_cn'} & set(sys.modules)
assert not heavy, heavy
import logging, os, tempfile
before, folder = os.listdir(tempfile.gettempdir()), dict(os.environ)
from lizhi_pos.printing.escpos_bridge import new_document
new_document()
assert not logging.getLogger().handlers
assert os.environ == folder
assert set(os.listdir(tempfile.gettempdir())) <= set(before)
"""
    # a folder for temporary files that nobody else writes into
    own = {**os.environ, "TMPDIR": str(tmp_path)}
    command = [sys.executable, "-c", code]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, env=own, check=False)
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
