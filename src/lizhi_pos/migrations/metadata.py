"""Every table of the house, so that `metadata` is whole once this module is imported."""

from lizhi_pos.access import models as access
from lizhi_pos.accounts import models as accounts
from lizhi_pos.checkout import models as checkout
from lizhi_pos.db import metadata
from lizhi_pos.donations import models as donations
from lizhi_pos.evidence import models as evidence
from lizhi_pos.inventory import models as inventory
from lizhi_pos.journal import models as journal
from lizhi_pos.printqueue import models as printqueue
from lizhi_pos.receiving import models as receiving
from lizhi_pos.rulebook import models as rulebook
from lizhi_pos.settlement import models as settlement
from lizhi_pos.town import models as town

__all__ = [
    "access",
    "accounts",
    "checkout",
    "donations",
    "evidence",
    "inventory",
    "journal",
    "metadata",
    "printqueue",
    "receiving",
    "rulebook",
    "settlement",
    "town",
]
