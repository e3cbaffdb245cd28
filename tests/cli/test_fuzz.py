"""Whatever bytes a file has and whatever words are typed: an answer in time, no traceback, nothing half written."""

import io
import random
import time
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from cli.conftest import GIFTS, GOODS, RULEBOOK, Shop, village_sheets
from lizhi_pos.cli.main import main
from lizhi_pos.cli.parser import COMMANDS
from lizhi_pos.printing.answers import AnswerReader
from soak_figures import Count

from .test_move import _rows

SMALL, FULL_S = 25, 30
"""How many are tried in the suite, and for how many seconds in the soak."""

LONGEST_S = 10
DATA = Path(__file__).parents[1] / "exchange" / "data"
CSV = {
    "goods": "条码,名称,积分价\n6920181360936,海星加碘盐400g,2.5\n",
    "slips": "单号,日期,手册编号,条码,数量\nP-1,2024-04-28,TQ0001,6920181360936,1\n",
}


def turns(request: pytest.FixtureRequest) -> Iterator[int]:
    """Numbers of the attempts: a few, or in the soak as many as the time has room for."""
    until, number = time.monotonic() + FULL_S, 0
    while number < SMALL if request.param == "some" else time.monotonic() < until:
        yield number
        number += 1


@pytest.fixture(params=["some", pytest.param("many", marks=[pytest.mark.soak, pytest.mark.timeout(300)])])
def seeds(request: pytest.FixtureRequest) -> Iterator[int]:
    """What the attempts are drawn from."""
    return turns(request)


def spoilt(content: bytes, chance: random.Random) -> bytes:
    """The same bytes with some changed, gone, doubled or put elsewhere."""
    held = bytearray(content)
    for _ in range(chance.choice((1, 1, 3, 12))):
        at = chance.randrange(len(held) + 1)
        size = chance.choice((1, 2, 8, 200))
        match chance.randrange(5):
            case 0:
                held[at : at + 1] = bytes([chance.randrange(256)])
            case 1:
                del held[at : at + size]
            case 2:
                held[at:at] = held[at : at + size]
            case 3:
                held[at:at] = chance.randbytes(size)
            case _:
                held = held[: max(at, 1)] if chance.random() < 0.2 else held
    return bytes(held) or b"\x00"


def spoilt_zip(content: bytes, chance: random.Random) -> bytes:
    """The same parts with some spoilt, gone, doubled, renamed or empty: a zip that is whole, and no workbook."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as given, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as made:
        names = given.namelist()
        chosen = set(chance.sample(names, chance.choice((1, 1, 2))))
        for name in names:
            part = given.read(name)
            kind = chance.randrange(6) if name in chosen else 5
            if kind == 0:
                continue
            if kind == 1:
                part = b""
            elif kind in (2, 3) and part:
                part = spoilt(part, chance)
            made.writestr(chance.choice(("x/" + name, "../" + name, name.upper())) if kind == 4 else name, part)
    return out.getvalue()


def is_answered(shop: Shop, words: list[Any], fault: str, count: Count) -> int:
    """Run a command on something spoilt; a refusal wrote nothing, and the machine did not fail."""
    before, begun = _rows(shop.folder / "town.db"), time.monotonic()
    status = shop.run(*words)
    seconds = time.monotonic() - begun
    wrote = _rows(shop.folder / "town.db") != before
    is_crash = status not in (0, 1, 2) or shop.code == "failed"
    count(
        fault,
        tried=1,
        refused=status in (1, 2),
        crashed=is_crash,
        hung=seconds > LONGEST_S,
        half_written=wrote and status != 0,
    )
    assert not is_crash, (words, shop.said)
    assert seconds < LONGEST_S
    assert status == 0 or not wrote, (words, shop.said)
    return status


@pytest.fixture
def samples(posted: Shop) -> list[tuple[list[str], str, bytes]]:
    """A good file of each kind, with the command that reads it."""
    village = posted.workbook("village.xlsx", village_sheets()).read_bytes()
    goods = posted.workbook("goods2.xlsx", {"商品": GOODS}).read_bytes()
    gifts = posted.workbook("gifts2.xlsx", {"捐赠": GIFTS}).read_bytes()
    by = ["--approver", "监督示例"]
    return [
        (["ledger", "import", "--dry-run"], "xlsx", village),
        (["product", "import"], "xlsx", goods),
        (["donation", "import"], "xlsx", gifts),
        (["ledger", "import", "--dry-run"], "xls", (DATA / "seen_village.xls").read_bytes()),
        (["slips", "import", *by], "xls", (DATA / "seen_slips.xls").read_bytes()),
        (["purchase", "import", *by], "xls", (DATA / "seen_purchases.xls").read_bytes()),
        (["product", "import"], "csv", CSV["goods"].encode()),
        (["slips", "import", *by], "csv", CSV["slips"].encode("gb18030")),
        (["rulebook", "check"], "toml", RULEBOOK.read_bytes()),
    ]


def test_any_file_is_read_or_refused(
    posted: Shop, samples: list[tuple[list[str], str, bytes]], seeds: Iterator[int], count: Count
) -> None:
    for seed in seeds:
        chance = random.Random(seed)
        words, kind, content = samples[seed % len(samples)]
        spoil = spoilt_zip if kind == "xlsx" and chance.random() < 0.6 else spoilt
        path = posted.folder / f"示例.{kind}"
        path.write_bytes(spoil(content, chance))
        is_answered(posted, [*words, path], f"fuzz: files .{kind}", count)
    assert posted("verify")["ok"]


PLAIN = (
    "TQ0001 6920181360936 6920181360936*3 6920181360936*-1 * -- -1 0 1 P 1e9 ９９ 2024 2024-03 2024-13 2024-04-28 "
    "2024-02-30 99999-01-01 --on --reason --till --approver 监督示例 站长示例 天桥村 --clause --facts --key --json "
    "--out --replace --village --month --so-far --full --from --to deadbeef .. ../.. /dev/null x.pdf x.xlsx "
    "household:TQ0001 clerk full receipt-head active closed list add show 1-2024-000001 XJ-1 march.xlsx"
)
TYPED = (*PLAIN.split(), "", "\u202e", "😀" * 50, "x" * 5000, "a\tb", "%s{0}")
"""What somebody may type in the places of a command's words."""

OPENS_A_SCREEN = {("till",), ("serve",), ("display",), ("demo",)}
NAMES = sorted({command.words for command in COMMANDS if command.words and command.words not in OPENS_A_SCREEN})


def test_any_words_are_answered(
    posted: Shop, seeds: Iterator[int], count: Count, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(posted.folder)
    for seed in seeds:
        chance = random.Random(seed)
        name = list(chance.choice(NAMES)) if chance.random() < 0.9 else []
        words = [*name, *(chance.choice(TYPED) for _ in range(chance.randint(0, 6)))]
        begun, logged = time.monotonic(), len(_log(posted))
        status = main(["--lang", "en", *words])
        out, said = posted.capsys.readouterr()
        is_crash = len(_log(posted)) > logged or status not in (0, 1, 2, 3)
        count(
            "fuzz: command line",
            tried=1,
            refused=status in (1, 2),
            crashed=is_crash or "Traceback" in out + said,
            hung=time.monotonic() - begun > LONGEST_S,
        )
        assert not is_crash, (words, said, _log(posted)[logged:])
        assert "Traceback" not in out + said, words
        assert status == 0 or said.strip() or words[:1] == ["verify"], words
        if words[:1] == ["move"] and status == 0:
            break
    assert posted("verify")["ok"]


def _log(shop: Shop) -> str:
    """What is written of a failure that nobody expected."""
    path = shop.folder / "town.log"
    return path.read_text(encoding="utf-8", errors="replace") if path.exists() else ""


def test_any_bytes_of_a_printer_are_heard(seeds: Iterator[int], count: Count) -> None:
    for seed in seeds:
        chance, reader = random.Random(seed), AnswerReader()
        heard = [reader.feed(byte) for byte in chance.randbytes(400)]
        # after a while in which nothing comes, what it is asked next is heard all the same
        assert all(one is None or one.kind in ("state", "printed", "process") for one in heard)
        count("fuzz: printer answers", tried=1, crashed=0, hung=0)
