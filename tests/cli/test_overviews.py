"""`ledger status`, `rulebook diff`, `report coverage`: what an accountant and a supervisor look at."""

from .conftest import RULEBOOK, Shop


def test_batches_are_due_and_months_missing(posted: Shop) -> None:
    """Since the first batch, of March, each ended month of each village that has none."""
    found = posted("ledger", "status")
    (batch,) = found["batches"]
    assert (batch["due"], batch["late"], batch["published_on"]) == ("2024-04-10", False, "2024-04-10")
    first = [m for m in found["missing"] if m["month"] == "2024-03"]
    assert first == [{"village": "华平村", "month": "2024-03", "due": "2024-04-10"}]
    assert {m["village"] for m in found["missing"] if m["month"] == "2024-04"} == {"天桥村", "华平村"}


def test_a_batch_that_nobody_published_is_late(town: Shop) -> None:
    from .conftest import village_sheets

    town("ledger", "import", town.workbook("march.xlsx", village_sheets()))
    (batch,) = town("ledger", "status")["batches"]
    assert batch["late"]


def test_rulebooks_are_compared_by_year_or_file(town: Shop) -> None:
    other = town.folder / "other.toml"
    source = RULEBOOK.read_text(encoding="utf-8")
    other.write_text(source.replace("threshold = 85", "threshold = 80"), encoding="utf-8")
    found = town("rulebook", "diff", "2024", other)
    assert found == {
        "added": [],
        "removed": [],
        "changed": [{"key": "base_score.threshold", "was": "85", "now": "80"}],
    }
    assert town("rulebook", "diff", other, other) == {"added": [], "removed": [], "changed": []}
    assert town.refused("rulebook", "diff", "2019", other) == "no_rulebook"
    broken = town.folder / "broken.toml"
    broken.write_text("threshold = ", encoding="utf-8")
    assert town.refused("rulebook", "diff", "2024", broken) == "file_refused"


def test_coverage_month_by_month(posted: Shop) -> None:
    months = posted("report", "coverage", "--months", "400")["months"]
    assert months[0]["month"] == "2024-04"
    assert set(months[0]) == {"month", "outstanding", "stock_at_tag", "cash", "coverage"}
    assert (months[0]["outstanding"], months[0]["cash"]) == ("50.00", "1500.00")
    assert posted("report", "coverage", "--months", "1")["months"] == months[-1:]
