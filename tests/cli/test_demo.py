"""The sample town on awkward days, and `demo` with and without a terminal."""

import json
import os
import shutil
import subprocess
import sys
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import func, select
from stdnum import ean

from lizhi_pos.access.operators import Authority, Operator, users
from lizhi_pos.accounts.batches import batches
from lizhi_pos.accounts.eligibility import standing
from lizhi_pos.accounts.household_history import household_history
from lizhi_pos.accounts.household_list import Wanted as Looked
from lizhi_pos.accounts.household_list import household_list
from lizhi_pos.accounts.queries import household_facts, register_on
from lizhi_pos.accounts.vetoes import proposals
from lizhi_pos.checkout.basket import Basket, Wanted
from lizhi_pos.checkout.market_session import open_session_now
from lizhi_pos.checkout.models import market_session
from lizhi_pos.checkout.recalled_goods import who_took
from lizhi_pos.checkout.redeem import redeem
from lizhi_pos.cli.context import Context
from lizhi_pos.cli.main import main
from lizhi_pos.cli.output import Outcome
from lizhi_pos.db import Transaction, reading, transaction
from lizhi_pos.donations.models import donor
from lizhi_pos.engines import open_engine
from lizhi_pos.inventory.counts import counts
from lizhi_pos.inventory.stock import lots_called, stock_on
from lizhi_pos.journal.models import journal_entry
from lizhi_pos.periods import Quarter, add_months
from lizhi_pos.printqueue.print_jobs import queue
from lizhi_pos.printqueue.printers import printer_for, printers
from lizhi_pos.receiving.deliveries import open_deliveries
from lizhi_pos.refusal import Refusal, unwrap
from lizhi_pos.reports.honours import Village as Honours
from lizhi_pos.reports.honours import black_list
from lizhi_pos.rulebook.adopted import rules_on, today
from lizhi_pos.rulebook.rules import Rulebook
from lizhi_pos.sample.days import Days
from lizhi_pos.sample.goods import CODES, goods_rows
from lizhi_pos.sample.households import POOR, VETOED
from lizhi_pos.sample.people import VILLAGES, village_of
from lizhi_pos.sample.register import DISPUTED, FOUND, LOST, NEW
from lizhi_pos.sample.town import SampleTown, build, sample_town
from lizhi_pos.settlement.coverage import pool_view
from lizhi_pos.settlement.verification import verify

AWKWARD = (
    date(2024, 2, 29),
    date(2025, 1, 1),
    date(2025, 3, 31),
    date(2025, 4, 15),
    date(2025, 7, 1),
    date(2025, 9, 28),
    date(2025, 12, 31),
)
CLERK = Operator("王示例", "clerk", "GZ0020")


def moment(day: date, hour: int = 4) -> datetime:
    """A moment of that day in the town, noon if not said."""
    return datetime(day.year, day.month, day.day, hour, tzinfo=UTC)


@pytest.mark.parametrize("day", AWKWARD, ids=str)
def test_whatever_day_it_is_the_sample_shows_what_it_promises(day: date, sqlite_url: str) -> None:
    promises_hold(sqlite_url, moment(day))


@settings(max_examples=2, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.dates(date(2024, 1, 1), date(2026, 12, 31)))
def test_any_day_of_three_years_will_do(sqlite_template: Path, tmp_path_factory: Any, day: date) -> None:
    path = tmp_path_factory.mktemp("any") / "town.db"
    shutil.copyfile(sqlite_template, path)
    promises_hold(f"sqlite:///{path}", moment(day))


def test_the_first_minute_of_a_day_will_do(database_url: str) -> None:
    just_begun = datetime(2025, 6, 30, 16, 1, tzinfo=UTC)
    assert sample_town(just_begun).day == date(2025, 7, 1)
    promises_hold(database_url, just_begun)


def promises_hold(url: str, now: datetime) -> None:
    engine = open_engine(url)
    town = build(engine, now)
    assert town == sample_town(now)
    with reading(engine, now) as tx:
        proof = verify(tx)
        assert proof.ok, [c for c in proof.checks if not c.ok]
        assert today(tx) == town.day
        the_shop_is_open(tx, town)
        households_are_as_told(tx, town)
        goods_are_near_and_past_expiry(tx, town)
        the_keeper_has_work(tx, town)
        households_changed(tx, town)
        assert pool_view(tx, town.day).coverage is not None
        assert [p.conduct_on <= town.day for p in proposals(tx)] in ([], [True])
        nothing_is_still_to_come(tx, now)
        everybody_is_made_up(tx)
    with transaction(engine, now) as tx:
        poor_basket = Basket(booklet=POOR, wanted=(Wanted(CODES["菜籽油"], 1),), key="示例")
        answer = redeem(tx, poor_basket, Authority(CLERK, town.day))
    assert isinstance(answer, Refusal)
    assert [r.code for r in answer.reasons] == ["balance"]
    engine.dispose()


def the_shop_is_open(tx: Transaction, town: SampleTown) -> None:
    running = open_session_now(tx)
    assert running is not None
    assert running.on_date == town.day
    held = select(func.count()).where(market_session.c.state == "closed")
    assert tx.value(held) >= 1
    assert queue(tx) == []
    printer = printer_for(printers(tx), None)
    assert printer is not None
    assert (printer.profile, printer.device) == ("generic-58", "screen:")


def households_are_as_told(tx: Transaction, town: SampleTown) -> None:
    rules = rules_on(tx, town.day)
    assert isinstance(rules, Rulebook)
    facts = household_facts(tx, list(register_on(tx, town.day)), town.day)
    reasons = {number: tuple(r.code for r in standing(f, rules, town.day)) for number, f in facts.items()}
    assert len(facts) == 121, "six villages of 20, and one that came out of a split"
    assert sum(not why for why in reasons.values()) >= 72
    assert {c.booklet: reasons[c.booklet] for c in town.callers} == {c.booklet: c.reasons for c in town.callers}
    assert {c.booklet: facts[c.booklet].head for c in town.callers} == {c.booklet: c.head for c in town.callers}
    told = {code for c in town.callers for code in c.reasons}
    assert told == {"vetoed", "score_below", "scores_missing", "scores_stale", "residence", "inactive"}


def goods_are_near_and_past_expiry(tx: Transaction, town: SampleTown) -> None:
    stock = stock_on(tx, town.day)
    days_left = [(lot.expires - town.day).days for p in stock for lot in p.lots if lot.expires and lot.on_hand]
    assert any(left < 0 for left in days_left)
    assert any(0 <= left <= 10 for left in days_left)
    assert any(0 < p.on_hand <= 3 for p in stock)
    assert all(p.sellable for p in stock)


def the_keeper_has_work(tx: Transaction, town: SampleTown) -> None:
    """A delivery waits, a count is open, a lot is recalled that somebody took of."""
    assert [one.content.head.kind for one in open_deliveries(tx, "gift")] == ["gift"]
    (count,) = counts(tx)
    assert 0 < count.counted < count.products
    (recalled,) = [lot.lot for p in stock_on(tx, town.day) for lot in p.lots if lot.recalled]
    assert who_took(tx, lots_called(tx, recalled)[0].lot_id)


def households_changed(tx: Transaction, town: SampleTown) -> None:
    """A split, a lost booklet, a frozen amount; a batch on the board has an objection, the black list a household."""
    rules = unwrap(rules_on(tx, town.day))
    listed = household_list(tx, Looked(), rules, town.day)
    assert {NEW, FOUND} <= {one.booklet for one in listed}
    assert LOST not in {one.booklet for one in listed}
    assert [one.booklet for one in listed if one.frozen] == [DISPUTED]
    objected = [one.state for one in batches(tx) if one.objections.open]
    assert objected == ["publicised"] * any(one.state == "publicised" for one in batches(tx))
    barred = unwrap(black_list(tx, Honours(village_of(VETOED).name, town.day.year, town.day)))
    assert [row.booklet for row in barred] == [VETOED]


def nothing_is_still_to_come(tx: Transaction, now: datetime) -> None:
    assert tx.value(select(func.max(journal_entry.c.on_date))) <= today(tx)
    assert tx.value(select(func.max(journal_entry.c.recorded_at))) <= now


def everybody_is_made_up(tx: Transaction) -> None:
    names = [u.name for u in users(tx)] + [r.head for r in register_on(tx, today(tx)).values()]
    names += [r.name for r in tx.all(select(donor.c.name)) if r.name not in {v.name for v in VILLAGES}]
    assert [name for name in names if "示例" not in name] == []


def test_every_day_of_four_years_has_a_sound_calendar() -> None:
    for number in range(366 + 3 * 365):
        days = Days(date(2024, 1, 1) + timedelta(number))
        assert days.scored.index >= Quarter.last_ended_before(days.today).index - 1
        assert add_months(days.today, -4) <= days.scored_month.last_day
        assert days.founded < days.vetoed <= days.today
        assert days.vetoed.year == days.today.year
        assert len(days.years) <= 2
        for village in VILLAGES:
            for month in days.months():
                steps = list(days.steps(village.prefix, village.at, month))
                assert [on for _, on in steps] == sorted(on for _, on in steps)
                assert all(month.last_day < on <= days.today for _, on in steps)
        for village in VILLAGES[:3]:
            assert "post" in dict(days.steps(village.prefix, village.at, days.scored_month))


def test_batches_wait_at_every_step_once_the_month_is_on(sqlite_url: str) -> None:
    now = moment(date(2025, 5, 20))
    engine = open_engine(sqlite_url)
    build(engine, now)
    with reading(engine, now) as tx:
        assert {b.state for b in batches(tx)} == {"draft", "publicised", "reviewed", "posted"}
        earned = [e for e in unwrap(household_history(tx, VILLAGES[0].booklet(2))) if e.kind in ("base", "volunteer")]
        places = {e.source.cell for e in earned if e.source and e.source.file}
        # every line of a village's file leads to a cell of its own kind
        assert {cell[0] for cell in places} == {"C", "E"}
    engine.dispose()


def test_codes_are_in_store_ones_with_their_check_digit() -> None:
    found = goods_rows()
    assert len(found) >= 30
    assert all(ean.is_valid(p.code) and p.code.startswith("20") and len(p.code) == 13 for p in found)
    assert any(p.monthly_limit for p in found)


def test_without_a_terminal_it_plays_a_market_day_and_ends(tmp_path: Path) -> None:
    run = subprocess.run(
        [sys.executable, "-m", "lizhi_pos", "demo"],
        stdin=subprocess.DEVNULL,
        capture_output=True,
        timeout=60,
        env={**os.environ, "LIZHI_LANG": "en", "TMPDIR": str(tmp_path), "LIZHI_DB": str(tmp_path / "mine.db")},
    )
    told = run.stdout.decode()
    assert (run.returncode, run.stderr) == (0, b"")
    for needed in (
        "王示例  121212  clerk",
        "✔ may redeem",
        "Veto, clause 1: 示例",
        "大同镇(示例)文明积分兑换小票",
        "壹拾柒元整(积分)",
        "香醋  on hand 29, sellable 29",
        "Points outstanding",
        "✔ books, stock and pool agree",
    ):
        assert needed in told
    assert list(tmp_path.iterdir()) == []


def answered(capsys: pytest.CaptureFixture[str], *words: str) -> dict[str, Any]:
    assert main(["--json", *words]) == 0
    found: dict[str, Any] = json.loads(capsys.readouterr().out)
    return found


def test_a_folder_that_holds_todays_demo_is_used_again(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder = str(tmp_path / "demo")
    first = answered(capsys, "demo", "--dir", folder)
    again = answered(capsys, "demo", "--dir", folder)
    assert first["verdict"]["eligible"] is True
    assert {r["code"] for r in first["refused"]["reasons"]} >= {"vetoed"}
    assert first["redemption"]["total"] == "17.00"
    assert first["redemption"]["receipt"] in first["receipt"]
    assert "补打" not in first["receipt"]
    assert "补打 第1次" in again["receipt"]
    assert again["redemption"]["receipt"] == first["redemption"]["receipt"]
    assert again["verify"]["ok"]
    # the second print of the receipt is on the record, so the head is another
    assert {**again["verify"], "head": ""} == {**first["verify"], "head": ""}
    assert len(list((tmp_path / "demo").glob("*.db"))) == 1


def test_a_demo_of_another_day_is_left_alone(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    old = tmp_path / "demo-2024-04-28.db"
    old.write_bytes(b"")
    assert main(["--lang", "en", "demo", "--dir", str(tmp_path)]) == 0
    told = capsys.readouterr().out
    assert "demo-2024-04-28.db is dated from another day: today's sample town is in demo-" in told
    assert old.read_bytes() == b""


def test_a_database_that_has_a_town_is_refused(sqlite_url: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--db", sqlite_url, "--json", "demo"]) == 0
    capsys.readouterr()
    assert main(["--db", sqlite_url, "--json", "demo"]) == 1
    assert json.loads(capsys.readouterr().out)["error"]["code"] == "out_of_turn"


def test_bad_places_are_bad_usage(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("x")
    assert main(["demo", "--dir", str(tmp_path / "file")]) == 2
    assert main(["--db", str(tmp_path / "a.db"), "demo", "--dir", str(tmp_path)]) == 2


def test_at_a_terminal_it_opens_the_till_and_shows_who_may_sign_in(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    opened: list[Context] = []

    def till(context: Context) -> Outcome:
        with context.reading() as tx:
            assert open_session_now(tx) is not None
        context.engine.dispose()
        opened.append(context)
        return Outcome({})

    monkeypatch.setattr("lizhi_pos.cli.till.till", till)
    monkeypatch.setattr(sys.stdin, "isatty", lambda: True, raising=False)
    monkeypatch.setattr(sys.stdout, "isatty", lambda: True, raising=False)
    assert main(["--lang", "en", "demo", "--dir", str(tmp_path)]) == 0
    hint = "\n".join(opened[0].args.hint)
    assert "王示例 121212 clerk" in hint
    assert "刘示例 454545 supervisor" in hint
    assert "DT0007 vetoed" in hint
    assert len(hint.splitlines()) <= 13
    assert f"kept in {tmp_path}" in capsys.readouterr().out
