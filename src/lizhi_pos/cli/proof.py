"""`verify`: proof that books, stock, pool and hash chain are whole."""

from lizhi_pos.cli.answers import Outcome
from lizhi_pos.cli.context import Context
from lizhi_pos.refusal import Text, say
from lizhi_pos.settlement.checks import verify


def verify_books(context: Context) -> Outcome:
    """Recomputes everything and names what is wrong and where; exit 1 where anything is."""
    context.operator("prove")
    with context.looking() as session:
        proof = verify(session)
    words: list[Text | str] = []
    for check in proof.checks:
        words.append(f"{'✔' if check.ok else '✘'} {check.name}")
        words += [f"    {fact}" for fact in check.facts]
    words.append(say("{0} entries, head {1}", proof.entries, proof.head.hex()))
    return Outcome(proof, tuple(words), 0 if proof.ok else 1)
