"""Shelf labels on the receipt printer, with a note of the price that they show."""

from collections.abc import Sequence

from lizhi_pos.access.operators import Operator
from lizhi_pos.checkout.papers import queue_labels
from lizhi_pos.db import Transaction
from lizhi_pos.ids import Id
from lizhi_pos.inventory.labels import mark_printed
from lizhi_pos.inventory.products import products
from lizhi_pos.refusal import Refusal
from lizhi_pos.text.normalize import code as written_code


def print_labels(tx: Transaction, codes: Sequence[str], by: Operator, copies: int = 1) -> list[Id] | Refusal:
    """Queue labels of some products and note what they show; return their print jobs, one for each paper."""
    jobs = queue_labels(tx, codes, copies)
    if not isinstance(jobs, Refusal):
        wanted = set(codes)
        mark_printed(tx, [p for p in products(tx) if written_code(p.code) in wanted], by)
    return jobs
