"""`product labels`: a sheet of those that are due, or of those that are named."""

from pathlib import Path
from typing import Any

import pypdfium2
import pytest

from .conftest import Shop

SALT, SOAP = "6920181360936", "6903148144541"


@pytest.fixture
def sheet(town: Shop) -> Path:
    return town.folder / "签" / "货架签.pdf"


def codes(answer: dict[str, Any]) -> list[str]:
    return [label["code"] for label in answer["labels"]]


def test_what_was_never_printed_is_due_then_what_changed_its_price(town: Shop, sheet: Path) -> None:
    first = town("product", "labels", sheet)
    assert first == {
        "file": str(sheet),
        "labels": [
            {"code": SOAP, "name": "舒肤佳香皂", "price": "3.80"},
            {"code": SALT, "name": "海星加碘盐400g", "price": "2.50"},
        ],
    }
    with pypdfium2.PdfDocument(sheet.read_bytes()) as pdf:
        assert len(pdf) == 1
    sheet.unlink()
    assert town("product", "labels", sheet) == {"file": None, "labels": []}
    assert not sheet.exists()
    town("product", "price", SALT, "2.60")
    assert codes(town("product", "labels", sheet)) == [SALT]
    assert town("product", "labels", sheet)["file"] is None
    assert town("verify")["ok"]


def test_named_ones_are_printed_as_often_as_they_are_named(town: Shop, sheet: Path) -> None:
    assert codes(town("product", "labels", sheet, SALT, SALT)) == [SALT, SALT]
    assert codes(town("product", "labels", sheet, "--replace")) == [SOAP]
    answer = town("product", "labels", sheet, SALT, "0000", exits=1)
    assert answer["error"]["details"]["reasons"] == [{"code": "unknown_product", "facts": ["0000"]}]


def test_a_file_that_stays_as_it_is_leaves_its_labels_due(town: Shop, sheet: Path) -> None:
    town("product", "labels", sheet, SALT)
    before = sheet.read_bytes()
    assert town("product", "labels", sheet, SALT)["labels"], "the same again is the same file"
    assert sheet.read_bytes() == before
    assert town.refused("product", "labels", sheet) == "rule_broken"
    assert sheet.read_bytes() == before
    assert codes(town("product", "labels", sheet, "--replace")) == [SOAP]
    assert sheet.read_bytes() != before


def test_a_name_that_cannot_be_printed_is_said_and_writes_nothing(town: Shop, sheet: Path) -> None:
    town("product", "rename", SALT, "快乐😀盐")
    assert town.refused("product", "labels", sheet) == "rule_broken"
    assert "😀" in town.said
    assert not sheet.exists()
    assert codes(town("product", "labels", sheet, SOAP)) == [SOAP]


def test_only_a_pdf_is_written(town: Shop) -> None:
    assert town("product", "labels", town.folder / "签.docx", exits=2)["error"]["code"] == "usage"
    town("product", "labels", town.folder, exits=2)
    assert town.refused("product", "labels", town.folder / "签.pdf", "404") == "refused"
    assert not (town.folder / "签.pdf").exists()
