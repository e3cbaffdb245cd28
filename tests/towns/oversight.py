"""What is decided of a made-up household (示例) and looked at in the made-up town: released, dismissed, signed."""

from datetime import date

from lizhi_pos.access.operators import Authority
from lizhi_pos.accounts.veto_decisions import dismiss_proposal, release_veto
from lizhi_pos.db import Transaction
from lizhi_pos.evidence.keeping import FileGiven, keep
from lizhi_pos.journal.sums import BEFORE_ALL
from lizhi_pos.refusal import unwrap
from lizhi_pos.reports.findings import Days
from lizhi_pos.reports.subjects import known_subject
from lizhi_pos.reports.supervision import supervision
from lizhi_pos.settlement.sign_off import sign_off
from towns.small import ACCOUNTANT, APPROVAL, SUPERVISOR

PROPOSED, VETOED = date(2024, 3, 9), date(2024, 4, 20)
WHY = "示例:核实"
PICTURE = b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR\x00\x00\x00\x01\x00\x00\x00\x01\x08\x06\x00\x00\x00"
PDF = b"%PDF-1.4\n%\xe2\xe3\xcf\xd3\n"
"""The first bytes of a picture and of a paper, which tell what they are."""


def oversee(tx: Transaction, on: date) -> None:
    """A proposal is dismissed, a veto released and proved by a picture, and the days up to now are signed off."""
    by = Authority(ACCOUNTANT, on, APPROVAL)
    unwrap(dismiss_proposal(tx, "TQ0003", PROPOSED, WHY, by))
    unwrap(release_veto(tx, "TQ0003", VETOED, WHY, by))
    for name, content, to in (("示例照片.png", PICTURE, "veto:TQ0003"), ("示例.pdf", PDF, "household:TQ0001")):
        unwrap(keep(tx, FileGiven(name, content, WHY), unwrap(known_subject(tx, to)), by))
    found = supervision(tx, Days(BEFORE_ALL, on)).findings
    unwrap(sign_off(tx, (date(2024, 3, 1), on), len(found), "示例:已逐项核对", Authority(SUPERVISOR, on)))
