"""`veto dismiss` and `veto release`: what two people decide of a proposal and of a veto."""

from lizhi_pos.access.operators import Authority
from lizhi_pos.accounts.veto_decisions import dismiss_proposal, release_veto
from lizhi_pos.cli.context import Context
from lizhi_pos.cli.output import Outcome
from lizhi_pos.refusal import message
from lizhi_pos.text import normalize


def dismiss(context: Context) -> Outcome:
    """Decide that a proposal is not followed, with a second signature."""
    by, args = context.operator("record_veto"), context.args
    approval, number = context.approval(by), normalize.number(args.booklet)
    done = context.write(
        lambda tx: dismiss_proposal(
            tx, number, args.conduct, args.reason or "", Authority(by, context.day(tx), approval)
        )
    )
    words = message("{0}: what was proposed of {1} is not followed", number, done.conduct_on.isoformat())
    return Outcome(done, (words,))


def release(context: Context) -> Outcome:
    """Release a veto for the black list, with a second signature."""
    by, args = context.operator("record_veto"), context.args
    approval, number = context.approval(by), normalize.number(args.booklet)
    done = context.write(
        lambda tx: release_veto(tx, number, args.conduct, args.reason or "", Authority(by, context.day(tx), approval))
    )
    words = message("{0}: the veto of {1} stands on the black list", number, done.conduct_on.isoformat())
    return Outcome(done, (words,))
