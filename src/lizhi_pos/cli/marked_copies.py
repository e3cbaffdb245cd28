"""What a command says of the copies in which what is wrong is marked."""

from lizhi_pos.cli.context import Context
from lizhi_pos.cli.output import Outcome
from lizhi_pos.cli.saving import with_problems
from lizhi_pos.exchange.marked_copies import Copies


def told_of_copies(context: Context, copies: Copies, done: Outcome) -> Outcome:
    """Return what was done with what became of the copies; all that was taken stands."""
    if copies.problems:
        return with_problems(context, done.answer, done.words, (*copies.problems, *copies.kept))
    if copies.kept:
        return Outcome(done.answer, done.words, 1, tuple(copies.kept))
    return done
