"""Every approval, by who gave it: the supervisor's own work is looked at too (五)."""

from collections import Counter
from collections.abc import Iterator, Mapping

from lizhi_pos.db import Transaction
from lizhi_pos.ids import Id
from lizhi_pos.reports.approvals import KINDS, Approved, approvals
from lizhi_pos.reports.findings import Days, Finding


def approval_findings(tx: Transaction, days: Days, booklets: Mapping[Id, str]) -> Iterator[Finding]:
    """Yield what each approver stood behind in some days: how often, and each by what commands know it by."""
    found: dict[str, list[Approved]] = {}
    for one in approvals(tx, days, booklets):
        found.setdefault(one.by, []).append(one)
    for approver in sorted(found):
        given = sorted(found[approver], key=lambda one: (one.on, one.what, one.named))
        often = Counter(one.what for one in given)
        facts = (approver, str(len(given)), *(f"{what} {often[what]}" for what in KINDS if often[what]))
        yield Finding("approvals", facts, tuple(dict.fromkeys(one.named for one in given)))
