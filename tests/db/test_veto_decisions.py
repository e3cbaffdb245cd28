"""Two people dismiss a proposal, or release a veto for the black list, on both databases (三(五)1)."""

from datetime import date
from typing import Any

import pytest
from sqlalchemy import Engine

from lizhi_pos.access.operators import Approval, Authority
from lizhi_pos.accounts.import_rows import ProposalRow
from lizhi_pos.accounts.veto_decisions import dismiss_proposal, release_veto
from lizhi_pos.accounts.vetoes import lift_veto, proposals, record_veto
from lizhi_pos.db import Transaction, transaction
from lizhi_pos.refusal import Refusal, unwrap
from lizhi_pos.settlement.verification import verify
from towns.small import ACCOUNTANT, APPROVAL, SUPERVISOR, at, found, household, noon, post, workbook

CONDUCT, ON = date(2024, 3, 9), date(2024, 5, 8)


@pytest.fixture
def proposed(engine: Engine) -> Engine:
    """A household of which a workbook proposes two clauses for one day's conduct."""
    with transaction(engine, noon(ON)) as tx:
        found(tx)
        rows = [ProposalRow("TQ0001", CONDUCT, clause, "示例事实", at("负面清单")) for clause in ("1", "2")]
        post(tx, workbook(households=[household("TQ0001")], proposals=rows))
    return engine


def by(on: date = ON, approval: Approval | None = APPROVAL) -> Authority:
    return Authority(ACCOUNTANT, on, approval)


def veto(tx: Transaction, clause: str = "1") -> None:
    unwrap(record_veto(tx, "TQ0001", clause=clause, facts="示例", conduct_on=CONDUCT, authority=by()))


def code(answer: Any) -> str:
    assert isinstance(answer, Refusal), answer
    return answer.code


def test_a_dismissed_proposal_waits_no_more(proposed: Engine) -> None:
    with transaction(proposed, noon(ON)) as tx:
        assert len(proposals(tx)) == 2
        done = unwrap(dismiss_proposal(tx, "TQ0001", CONDUCT, "示例:查无此事", by()))
        assert (done.clauses, done.dismissed_by, done.approved_by) == (("1", "2"), ACCOUNTANT.name, SUPERVISOR.name)
        assert proposals(tx) == []
        assert code(dismiss_proposal(tx, "TQ0001", CONDUCT, "示例", by())) == "out_of_turn"
        assert verify(tx).ok


def test_dismissing_is_refused_where_there_is_nothing_or_nobody_else(proposed: Engine) -> None:
    with transaction(proposed, noon(ON)) as tx:
        assert code(dismiss_proposal(tx, "TQ0001", date(2024, 3, 8), "示例", by())) == "not_found"
        assert code(dismiss_proposal(tx, "TQ0009", CONDUCT, "示例", by())) == "unknown_household"
        assert code(dismiss_proposal(tx, "TQ0001", CONDUCT, " ", by())) == "rule_broken"
        assert code(dismiss_proposal(tx, "TQ0001", CONDUCT, "示例", by(approval=None))) == "approval_needed"
        veto(tx)
        assert code(dismiss_proposal(tx, "TQ0001", CONDUCT, "示例", by())) == "out_of_turn"


def test_a_released_veto_is_released_once_and_under_the_chain(proposed: Engine) -> None:
    with transaction(proposed, noon(ON)) as tx:
        veto(tx)
        assert code(release_veto(tx, "TQ0001", CONDUCT, "示例", by(approval=None))) == "approval_needed"
        assert code(release_veto(tx, "TQ0001", CONDUCT, "", by())) == "rule_broken"
        assert code(release_veto(tx, "TQ0001", CONDUCT, "示例", by(date(2024, 5, 7)))) == "rule_broken"
        assert code(release_veto(tx, "TQ0001", date(2024, 3, 8), "示例", by())) == "not_found"
        done = unwrap(release_veto(tx, "TQ0001", CONDUCT, "示例", by()))
        assert (done.clauses, done.approved_by) == (("1",), SUPERVISOR.name)
        assert code(release_veto(tx, "TQ0001", CONDUCT, "示例", by())) == "out_of_turn"
        assert verify(tx).ok


def test_a_lifted_veto_is_not_released(proposed: Engine) -> None:
    with transaction(proposed, noon(date(2024, 5, 20))) as tx:
        veto(tx)
        unwrap(lift_veto(tx, "TQ0001", facts="示例", authority=by(date(2024, 5, 10))))
        assert code(release_veto(tx, "TQ0001", CONDUCT, "示例", by(date(2024, 5, 11)))) == "out_of_turn"
