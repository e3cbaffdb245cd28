"""The papers of a month, typed at the command line: whole, the same again, never over another file unasked."""

import hashlib
from pathlib import Path
from typing import Any

import pypdfium2
import pytest

from lizhi_pos.file_writing import FOLDER_WAIT_S

from .conftest import Shop
from .hanging_folder import hanging
from .test_files import LATER, SALT, april, names, no_folder

__all__ = ["april"]

VILLAGE_FILES = ["{0}.xlsx", "{0}_公示.html", "{0}_公示.pdf", "{0}_公示.png", "{0}_广播稿.txt", "{0}_结算单.pdf"]


def files_of(*villages: str, town: bool = True) -> list[str]:
    own = [file.format(f"2024-04_{v}") for v in villages for file in VILLAGE_FILES]
    return sorted([*own, *(["2024-04_示例镇_汇总.pdf", "2024-04_示例镇_汇总.xlsx"] if town else [])])


ALL = files_of("天桥村", "华平村")


def close(shop: Shop, out: Any, *more: Any, exits: int = 0) -> Any:
    return shop("month", "close", "2024-04", "--out", out, "--documents", "--on", LATER, *more, exits=exits)


def again(shop: Shop, out: Any, *more: Any, exits: int = 0) -> Any:
    return shop("month", "documents", "2024-04", "--out", out, *more, exits=exits)


def content(folder: Path) -> dict[str, str]:
    return {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in folder.iterdir()}


def test_closing_writes_every_paper_and_they_come_again_byte_for_byte(april: Shop) -> None:
    out, second = april.folder / "out", april.folder / "again"
    closed = close(april, out)
    assert names(out) == ALL
    before = content(out)
    april("village", "rename", "天桥村", "天桥新村")
    april("product", "rename", SALT, "改名的盐")
    april("product", "price", SALT, "9.90")
    answer = again(april, second)
    assert answer["month"] == "2024-04"
    assert sorted(answer["files"]) == ALL
    assert content(second) == before
    assert closed == april("month", "show", "2024-04")
    assert again(april, out) == answer, "what is there already is left as it is"
    assert april("verify")["ok"]


def test_without_the_option_closing_writes_the_workbooks_alone(april: Shop) -> None:
    april("month", "close", "2024-04", "--out", april.folder / "out", "--on", LATER)
    assert names(april.folder / "out") == ["2024-04_华平村.xlsx", "2024-04_天桥村.xlsx"]


def test_one_village_alone_by_either_of_its_names(april: Shop) -> None:
    close(april, april.folder / "out")
    april("village", "rename", "天桥村", "天桥新村")
    for at, name in enumerate(("天桥村", "天桥新村")):
        again(april, april.folder / str(at), "--village", name)
        assert names(april.folder / str(at)) == files_of("天桥村", town=False)
    april("village", "add", "后来村")
    again(april, april.folder / "no", "--village", "后来村", exits=1)
    again(april, april.folder / "no", "--village", "没有村", exits=1)
    assert not (april.folder / "no").exists()


def test_a_page_for_each_household(april: Shop) -> None:
    close(april, april.folder / "out", "--household-pages")
    with pypdfium2.PdfDocument(april.folder / "out" / "2024-04_天桥村_结算单.pdf") as pdf:
        texts = [page.get_textpage().get_text_range() for page in pdf]
    assert len([text for text in texts if "户主核对" in text]) == 2
    assert any("海星加碘盐400g" in text and "TQ0001" in text for text in texts)


def test_an_open_month_has_no_papers(april: Shop) -> None:
    assert april.refused("month", "documents", "2024-04", "--out", april.folder / "out") == "month_open"
    assert not (april.folder / "out").exists()


def test_a_file_that_somebody_changed_stops_them_all_until_it_may_be_replaced(april: Shop) -> None:
    out = april.folder / "out"
    close(april, out)
    right = content(out)
    (out / "2024-04_天桥村_公示.html").write_bytes(b"mine")
    (out / "2024-04_天桥村_广播稿.txt").unlink()
    assert april.refused("month", "documents", "2024-04", "--out", out) == "rule_broken"
    assert "2024-04_天桥村_公示.html" in april.said
    assert len(names(out)) == len(ALL) - 1, "nothing was written"
    again(april, out, "--replace")
    assert content(out) == right
    (out / "2024-04_天桥村_广播稿.txt").unlink()
    again(april, out)
    assert content(out) == right, "what is missing is written"


def test_closing_leaves_what_somebody_changed_and_stands(april: Shop) -> None:
    out = april.folder / "out"
    out.mkdir()
    (out / "2024-04_天桥村_公示.html").write_bytes(b"mine")
    answer = close(april, out, exits=3)
    assert answer["villages"][0]["totals"]["closing"] == "47.50"
    assert "month documents 2024-04 --out" in april.said
    assert (out / "2024-04_天桥村_公示.html").read_bytes() == b"mine"
    assert names(out) == ALL, "the others are written"


def test_closing_stands_where_the_folder_cannot_be_made(april: Shop) -> None:
    answer = close(april, no_folder(april.folder), exits=3)
    assert answer["error"]["code"] == "failed"
    assert answer["villages"][0]["totals"]["closing"] == "47.50"
    assert "month documents 2024-04 --out" in april.said
    assert len(april.said.splitlines()) < 9, "not a line for each of all papers"
    assert again(april, no_folder(april.folder), exits=3)["error"]["code"] == "failed"
    again(april, april.folder / "better")
    assert names(april.folder / "better") == ALL


def test_a_folder_that_hangs_is_given_up_at_once(april: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("lizhi_pos.file_writing.FOLDER_WAIT_S", FOLDER_WAIT_S / 10)
    out = april.folder / "hangs"
    out.mkdir()
    with hanging(out) as hangs:
        if not hangs:
            pytest.skip("this machine lets nobody mount a file system")
        answer = close(april, out, exits=3)
        assert answer["villages"][0]["totals"]["closing"] == "47.50"
        assert again(april, out, exits=3)["error"]["code"] == "failed"


def test_a_folder_whose_name_is_no_text_is_a_folder(april: Shop) -> None:
    out = april.folder / "\udcff"
    close(april, out)
    assert names(out) == ALL
    assert again(april, out)["month"] == "2024-04"


def test_who_takes_papers_out_is_kept(april: Shop) -> None:
    close(april, april.folder / "out")
    again(april, april.folder / "again")
    april("month", "show", "2024-04", "--out", april.folder / "third")
    from lizhi_pos.access.models import audit_event
    from lizhi_pos.engines import open_engine

    engine = open_engine(f"sqlite:///{april.folder / 'town.db'}")
    with engine.connect() as db:
        kept = db.execute(audit_event.select().where(audit_event.c.action == "export")).all()
    engine.dispose()
    assert [Path(row.subject.partition(" → ")[2]).name for row in kept] == ["out", "again", "third"]
    assert {row.by_user for row in kept} == {"站长示例"}


def test_a_person_is_told_which_paper_of_how_many(april: Shop, capsys: pytest.CaptureFixture[str]) -> None:
    from lizhi_pos.cli.main import main

    close(april, april.folder / "out")
    assert main(["month", "documents", "2024-04", "--out", str(april.folder / "again")]) == 0
    out, said = capsys.readouterr()
    assert [line.split()[0] for line in said.splitlines()] == [f"{at}/{len(ALL)}" for at in range(1, len(ALL) + 1)]
    assert str(len(ALL)) in out


def test_a_name_that_the_font_lacks_is_named_and_everything_else_is_written(april: Shop) -> None:
    out = april.folder / "out"
    april("village", "add", "𠮷村")
    answer = close(april, out, exits=3)
    assert answer["error"]["code"] == "failed"
    assert "𠮷" in april.said
    assert "month documents" in april.said
    written = set(names(out))
    assert set(files_of("天桥村", "华平村", town=False)) <= written
    assert {"2024-04_𠮷村.xlsx", "2024-04_𠮷村_公示.html", "2024-04_𠮷村_广播稿.txt"} <= written
    assert "2024-04_𠮷村_结算单.pdf" not in written
    assert again(april, out, exits=3)["error"]["code"] == "failed"
