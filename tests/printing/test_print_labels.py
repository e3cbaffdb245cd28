"""Stickers, shelf labels, cards and certificates: what stands on them, on both widths, and that scanners read it."""

import os
import shutil
import subprocess
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import msgspec
import pytest
from escpos_reader import Picture, read
from msgspec.structs import replace
from PIL import Image, ImageOps

from lizhi_pos.checkout.certificate import GiftCertificate, GivenGoods
from lizhi_pos.checkout.papers import HouseholdCard, ShelfLabel, Sticker, StickerLine
from lizhi_pos.checkout.receipt import Receipt
from lizhi_pos.money import Points, Yuan
from lizhi_pos.printing import raster
from lizhi_pos.printing.elements import Barcode, Line, paper_width
from lizhi_pos.printing.encode import encode
from lizhi_pos.printing.label_layout import label_elements, sticker_elements
from lizhi_pos.printing.profiles import Profile, load_profile, profile_names
from lizhi_pos.printing.receipt_layout import as_text, receipt_elements
from lizhi_pos.printing.spool import elements_of

GOLDEN = Path(__file__).parent / "golden"
RARE = "䶮㛃𬭎"
STICKER = Sticker(
    shop="励志超市",
    number="1-2024-000123",
    on=date(2024, 4, 28),
    booklet="GZ0012",
    head="张*国",
    goods=(StickerLine("海星加碘盐400g", 2), StickerLine("恒顺香醋340ml", 1), StickerLine("菜籽油5L", 1)),
    total=Points(1100),
    balance_after=Points(7650),
    chain="7F3A-91C2",
)
LABEL = ShelfLabel(code="6920181360936", name="海星加碘盐", spec="400g", unit="袋", price=Yuan(250), monthly_limit=2)
CARD = HouseholdCard(shop="励志超市", town="大同镇", booklet="GZ0012", head="胡*兰", village="古镇社区", group="3组")
CERTIFICATE = GiftCertificate(
    shop="励志超市",
    town="大同镇",
    voucher="SW-2024-0007",
    on=date(2024, 4, 4),
    made_on=date(2024, 4, 28),
    kind="in_kind",
    donor="示例捐赠人",
    village="",
    purpose="",
    goods=(
        GivenGoods(name="海星加碘盐400g", unit="袋", quantity=20, unit_value=Yuan(200), amount=Yuan(4000)),
        GivenGoods(name="舒肤佳香皂", unit="", quantity=10, unit_value=Yuan(300), amount=Yuan(3000)),
    ),
    total=Yuan(7000),
    chain="7F3A-91C2",
)
PAPERS: dict[str, Any] = {"sticker": STICKER, "label": LABEL, "card": CARD, "certificate": CERTIFICATE}


def profile(stem: str) -> Profile:
    found = load_profile(stem)
    assert isinstance(found, Profile)
    return found


def printed(kind: str, document: Any, stem: str = "generic-58", copy: int = 0) -> bytes:
    chosen = profile(stem)
    return encode(elements_of(kind, msgspec.json.encode(document), chosen.columns, copy), chosen)


def text(kind: str, document: Any, columns: int = 32, copy: int = 0) -> list[str]:
    return as_text(elements_of(kind, msgspec.json.encode(document), columns, copy), columns).splitlines()


def scanned(picture: Picture, folder: Path) -> str:
    """What an independent reader makes of the dots, as `TYPE:text`."""
    reader = shutil.which("zbarimg")
    if reader is None:
        pytest.skip("no reader of barcodes on this machine")
    dots = Image.frombytes("1", (picture.width, len(picture.rows)), b"".join(picture.rows)).convert("L")
    path = folder / "bars.png"
    ImageOps.expand(ImageOps.invert(dots), 10, 255).save(path)
    done = subprocess.run([reader, "-q", str(path)], capture_output=True, text=True, timeout=60, check=False)
    return done.stdout.strip()


@pytest.mark.parametrize("stem", ["generic-58", "generic-80"])
@pytest.mark.parametrize("kind", [*PAPERS, "village"])
def test_golden_bytes(receipt: Receipt, stem: str, kind: str) -> None:
    """`LIZHI_GOLDEN=write` writes them anew; look at the difference before keeping it."""
    data = printed(kind, PAPERS.get(kind, receipt), stem)
    path = GOLDEN / f"{stem}-{kind}.bin"
    if os.environ.get("LIZHI_GOLDEN") == "write":
        path.write_bytes(data)
    assert data == path.read_bytes()


@pytest.mark.parametrize("stem", profile_names())
@pytest.mark.parametrize("kind", PAPERS)
def test_every_profile_prints_every_paper_within_its_width(stem: str, kind: str) -> None:
    chosen, paper = profile(stem), read(printed(kind, PAPERS[kind], stem))
    assert all(len(line.encode("gbk")) <= chosen.columns for line in paper.lines)
    assert all(picture.width <= chosen.width_dots for picture in paper.pictures)


def test_a_sticker_for_58_mm() -> None:
    assert text("sticker", STICKER) == [
        "-" * 32,
        "励志超市 手册贴条     2024-04-28",
        "手册 GZ0012           户主 张*国",
        "单号 1-2024-000123",
        "海星加碘盐400g×2",
        "恒顺香醋340ml×1 菜籽油5L×1",
        "兑换 11.00            余额 76.50",
        "账链 7F3A-91C2",
        "经办签章:",
        "",
        "",
        "-" * 32,
        "-" * 32,
    ]


def test_goods_in_short_break_no_name_and_count_what_is_left_out() -> None:
    many = tuple(StickerLine(f"第{n}种商品名称较长", 2) for n in range(1, 10))
    lines = [e.text for e in sticker_elements(replace(STICKER, goods=many), 32) if isinstance(e, Line)]
    shown = [line for line in lines if "商品" in line or "等" in line]
    assert shown == ["第1种商品名称较长×2", "第2种商品名称较长×2 等9种18件"]
    assert all(paper_width(line) <= 32 for line in shown)
    long = (StickerLine("特别长的商品名称超过一行也不能截断的食用调和油", 1), StickerLine("盐", 3))
    whole = "".join(text("sticker", replace(STICKER, goods=long))).replace(" ", "")
    assert "特别长的商品名称超过一行也不能截断的食用调和油×1" in whole
    assert "等2种4件" in whole


def test_a_label_shows_its_price_large_and_the_limit() -> None:
    assert text("label", LABEL)[:5] == [
        "           海星加碘盐",
        "              400g",
        "              2.50",
        "      积分/袋 = 标价2.50元",
        "         每户每月限2件",
    ]
    price = read(printed("label", LABEL)).pictures[0]
    assert (price.height, price.width) == (120, 384)
    assert price.ink > 2000
    plain = text("label", replace(LABEL, spec="", unit="", monthly_limit=None))
    assert plain[1:3] == ["              2.50", "       积分 = 标价2.50元"]


def test_a_spec_that_the_name_says_is_not_said_twice() -> None:
    assert text("label", replace(LABEL, name="海星加碘盐400g"))[1].strip() == "2.50"


def test_without_a_font_the_price_is_as_large_as_the_printer_can(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(raster, "can_draw", lambda character: False)
    assert read(printed("label", LABEL)).line("2.50").hanzi_size == 0x0C


@pytest.mark.parametrize(
    ("code", "read_as"),
    [
        ("6920181360936", "EAN-13:6920181360936"),
        ("96385074", "EAN-8:96385074"),
        ("0036000291452", "EAN-13:0036000291452"),
        ("6920181360937", "CODE-128:6920181360937"),
        ("D-0012", "CODE-128:D-0012"),
        ("0012", "CODE-128:0012"),
    ],
)
@pytest.mark.parametrize("stem", ["generic-58", "generic-80"])
def test_a_scanner_reads_a_labels_code(stem: str, code: str, read_as: str, tmp_path: Path) -> None:
    paper = read(printed("label", replace(LABEL, code=code), stem))
    assert code in [line.strip() for line in paper.lines]
    assert scanned(paper.pictures[-1], tmp_path) == read_as


def test_a_printers_own_commands_draw_an_ean() -> None:
    assert "6920181360936" in read(printed("label", LABEL, "epson-tm-t88")).parts
    eight = encode([Barcode("96385074", "ean")], profile("epson-tm-t88"))
    assert b"\x1dkD\x0896385074" in eight


@pytest.mark.parametrize("stem", ["generic-58", "generic-80"])
@pytest.mark.parametrize(
    ("kind", "change", "number"),
    [
        ("card", lambda card: card, "GZ0012"),
        ("card", lambda card: replace(card, booklet="GZLONGBOOK000012"), "GZLONGBOOK000012"),
        ("certificate", lambda paper: paper, "SW-2024-0007"),
    ],
)
def test_a_scanner_reads_the_number(
    stem: str, kind: str, change: Callable[[Any], Any], number: str, tmp_path: Path
) -> None:
    paper = read(printed(kind, change(PAPERS[kind]), stem))
    assert scanned(paper.pictures[-1], tmp_path) == f"CODE-128:{number}"


def test_a_scanner_reads_a_receipts_number(receipt: Receipt, tmp_path: Path) -> None:
    for stem in ("generic-58", "generic-80"):
        chosen = profile(stem)
        paper = read(encode(receipt_elements(receipt, chosen.columns), chosen))
        assert scanned(paper.pictures[-1], tmp_path) == "CODE-128:1-2024-000123"


def test_a_card_is_no_money() -> None:
    shown = [line.strip() for line in text("card", CARD)]
    assert {"GZ0012", "户主 胡*兰", "村社 古镇社区 3组", "不作支付凭证,仅供查询识别"} <= set(shown)


def test_a_certificate_of_goods() -> None:
    shown = [line.strip() for line in text("certificate", CERTIFICATE)]
    assert shown[:2] == ["收讫凭证", "大同镇励志超市"]
    for words in (
        "凭证号 SW-2024-0007",
        "收讫日期 2024-04-04",
        "开具日期 2024-04-28",
        "捐赠人 示例捐赠人",
        "类别 捐物",
        "用途 励志超市",
        "海星加碘盐400g(袋)",
        "人民币柒拾元整",
        "非财政票据,不作税前扣除凭证",
        "财政票据号:",
        "经收人签字:",
        "监督人签字:",
    ):
        assert words in shown
    assert any(line.split() == ["2.00", "×", "20", "40.00"] for line in shown)
    assert "公益事业捐赠" not in "".join(shown)


def test_a_certificate_of_money_and_of_a_donor_without_a_name() -> None:
    money = replace(CERTIFICATE, kind="cash", donor="", goods=(), total=Yuan(100050), purpose="助学")
    shown = [line.strip() for line in text("certificate", money)]
    assert {"捐赠人 爱心人士(匿名)", "类别 捐款", "用途 励志超市 助学", "人民币壹仟元伍角整"} <= set(shown)
    assert not any("×" in line for line in shown)
    village = replace(money, kind="village", donor="天桥村", village="天桥村")
    assert {"划拨单位 天桥村", "村社 天桥村", "类别 村集体收益"} <= set(text("certificate", village))


def test_only_papers_of_record_say_that_they_are_copies() -> None:
    said = {kind: any("补打 第2次" in line for line in text(kind, paper, copy=2)) for kind, paper in PAPERS.items()}
    assert said == {"sticker": True, "label": False, "card": False, "certificate": True}


@pytest.mark.parametrize(
    ("kind", "field"), [("sticker", "head"), ("label", "name"), ("card", "head"), ("certificate", "donor")]
)
def test_rare_characters_are_drawn_on_every_paper(kind: str, field: str) -> None:
    plain, rare = (read(printed(kind, replace(PAPERS[kind], **{field: name}))) for name in ("李示例", f"李{RARE}"))
    assert len(rare.pictures) == len(plain.pictures) + 1
    assert not any("李" in line or "?" in line for line in rare.lines)
    assert f"李{RARE}" in "".join(text(kind, replace(PAPERS[kind], **{field: f"李{RARE}"})))


def test_a_chinese_voucher_is_written_where_no_barcode_can_be(tmp_path: Path) -> None:
    paper = read(printed("certificate", replace(CERTIFICATE, voucher="捐字𬭎2024第7号")))
    assert len(paper.pictures) == 2, "the two lines with the number, no bars"
    named = read(printed("certificate", replace(CERTIFICATE, voucher="捐字2024第7号")))
    assert "捐字2024第7号" in [line.strip() for line in named.lines]
    assert not named.pictures


def test_names_cannot_carry_commands() -> None:
    paper = read(printed("label", replace(LABEL, name="盐\x1b@\x1dV\x00\n糖")))
    assert paper.cuts == 0
    assert label_elements(LABEL)
