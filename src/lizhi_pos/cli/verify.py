"""`verify`: proof that books, stock, pool and hash chain are whole."""

from lizhi_pos.cli.context import Context
from lizhi_pos.cli.environment import Usage
from lizhi_pos.cli.output import Outcome
from lizhi_pos.refusal import Message, message
from lizhi_pos.settlement.head_checks import LEAST, as_head
from lizhi_pos.settlement.verification import verify

CHECK_WORDS = {
    "database_sound": message("the database's own check finds nothing"),
    "of_one_town": message("nothing in the database is another town's"),
    "chain_unbroken": message("every entry is what its hash says and follows the one before it"),
    "record_unbroken": message("every line of the record is what its hash says and follows the one before it"),
    "documents_unchanged": message("every document is what its entry or the record says"),
    "personal_parts_unchanged": message("everything personal is what the books commit themselves to"),
    "evidence_unchanged": message("every picture and paper is what its hash says, and none is gone"),
    "entries_balance": message("every entry balances"),
    "balances_recomputed": message("every household's balance is the sum of its entries"),
    "frozen_recomputed": message("every frozen amount is what was frozen and not released"),
    "changes_agree_with_journal": message("changes of households moved what they say"),
    "lots_recomputed": message("every lot holds what its moves leave"),
    "lots_marked": message("every lot keeps what counts found, and whether it was recalled"),
    "writeoffs_agree": message("write-offs are what left the lots"),
    "counts_agree": message("counts moved what was counted more or less than the books had"),
    "voids_agree": message("what undid a voucher is its negative, line by line"),
    "stock_agrees_with_journal": message("the stock's value is what the entries say"),
    "redemptions_add_up": message("every redemption took the points its lines cost"),
    "redemption_lines_add_up": message("every line is quantity × tag price, out of its lots"),
    "redemption_lots_moved": message("what was redeemed is what left the lots"),
    "returns_add_up": message("every return gave back what its goods had cost"),
    "receipts_without_gaps": message("receipts are numbered without gaps"),
    "vouchers_agree_with_journal": message("gifts and purchases are worth what the entries say"),
    "earned_points_agree": message("base scores and acts earned what was posted"),
    "vetoes_agree_with_journal": message("vetoes cleared what the entries say"),
    "pool_equation": message("the fund pool adds up"),
    "statements_recomputed": message("closed months are what the entries say"),
    "against": message("every head that stands on an earlier paper is still in the books"),
}


def verify_books(context: Context) -> Outcome:
    """Recomputes everything and names what is wrong and where; exit 1 where anything is."""
    context.operator("verify")
    against = [_head(text) for text in context.args.against or ()]
    with context.reading() as tx:
        proof = verify(tx, against)
    words: list[Message | str] = []
    for check in proof.checks:
        sign = "✔" if check.ok else "✘"
        words.append(message("{0} {1}", sign, CHECK_WORDS[check.name]))
        words += [f"    {fact}" for fact in check.facts]
    words.append(message("{0} {0:entry|entries}, head {1}", proof.entries, proof.head.hex()))
    return Outcome(proof, tuple(words), 0 if proof.ok else 1)


def _head(text: str) -> str:
    head = as_head(text)
    if head is None:
        raise Usage(message("{0} is no head: give at least {1} of its digits, as they stand on the paper", text, LEAST))
    return head
