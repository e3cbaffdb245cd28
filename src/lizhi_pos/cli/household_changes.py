"""`household split|merge|move|close|erase|booklet|member|head|freeze|release|correct` and `score correct`."""

from typing import NamedTuple

from lizhi_pos.access.operators import Approval, Authority, Operator
from lizhi_pos.accounts.changes import closing, correcting, freezing, members, merging, moving
from lizhi_pos.accounts.changes.splitting import Apart
from lizhi_pos.cli.context import Context
from lizhi_pos.cli.output import Outcome
from lizhi_pos.db import Transaction
from lizhi_pos.maintenance.erasure import erase_household, wipe
from lizhi_pos.money import Points, format_hundredths
from lizhi_pos.periods import Quarter
from lizhi_pos.receiving.codes import give_booklet, split_household
from lizhi_pos.refusal import Message, message
from lizhi_pos.text import normalize


class _Asked(NamedTuple):
    """Which household is to be changed, why, and by whom."""

    context: Context
    by: Operator
    approval: Approval | None
    number: str
    reason: str

    def authority(self, tx: Transaction) -> Authority:
        """In whose name, on which day, and who stands behind it."""
        return Authority(self.by, self.context.day(tx), self.approval)


def _asked(context: Context) -> _Asked:
    by = context.operator("change_households")
    number = normalize.number(context.args.booklet)
    return _Asked(context, by, context.approval(by), number, context.args.reason or "")


def erase(context: Context) -> Outcome:
    """Erase what is personal of a household that is gone, and wipe it out of the file."""
    asked = _asked(context)
    done = context.write(lambda tx: erase_household(tx, asked.number, asked.reason, asked.authority(tx)))
    words = [message("What was personal of {0} is erased; names in statements and receipts stay", done.booklet)]
    if not wipe(context.engine):
        words.append(message("Others have the books open: traces stay in the file until all tills are closed"))
    words.append(message("Copies made before still have it: remove them when they are not needed any more"))
    return Outcome(done, tuple(words))


def split(context: Context) -> Outcome:
    """Let members leave with a booklet of their own."""
    asked, args = _asked(context), context.args
    apart = Apart(
        number=normalize.number(args.new),
        head=args.head,
        members=tuple(args.member or ()),
        points=Points(args.points or 0),
        group=args.group,
    )
    done = context.write(lambda tx: split_household(tx, asked.number, apart, asked.reason, asked.authority(tx)))
    told = (done.new, done.head, done.booklet, _points(done.transferred), _points(done.balance))
    words = message("{0} is the booklet of {1} now; {3} points of {2} went along, {4} are left there", *told)
    return Outcome(done, (words,))


def merge(context: Context) -> Outcome:
    """Let one household go into another."""
    asked, into = _asked(context), normalize.number(context.args.into)
    done = context.write(lambda tx: merging.merge_households(tx, asked.number, into, asked.reason, asked.authority(tx)))
    told = (done.giving, done.into, _points(done.transferred), _points(done.balance))
    answer = {"from": told[0], "into": told[1], "transferred": told[2], "balance": told[3]}
    return Outcome(answer, (message("{0} went into {1} with {2} points, the balance is {3}", *told),))


def move(context: Context) -> Outcome:
    """Let a household live in another village."""
    asked, to = _asked(context), (context.args.village, context.args.group)
    done = context.write(lambda tx: moving.move_household(tx, asked.number, to, asked.reason, asked.authority(tx)))
    return Outcome(
        done, (message("{0} lives in {1} from now on, no more in {2}", done.booklet, done.village, done.was),)
    )


def close(context: Context) -> Outcome:
    """Take a household out of the register."""
    asked, status = _asked(context), context.args.status
    done = context.write(
        lambda tx: closing.close_household(tx, asked.number, status, asked.reason, asked.authority(tx))
    )
    words = message("{0} is out of the register; {1} points were closed out", done.booklet, _points(done.closed_out))
    return Outcome(done, (words,))


def booklet(context: Context) -> Outcome:
    """Replace a lost booklet."""
    asked, new = _asked(context), normalize.number(context.args.new)
    done = context.write(lambda tx: give_booklet(tx, asked.number, new, asked.reason, asked.authority(tx)))
    return Outcome(done, (message("{0} holds from now on, {1} is refused", done.new, done.old),))


def member(context: Context) -> Outcome:
    """Add a member or change one."""
    asked, args = _asked(context), context.args
    told = (args.name, args.status, args.relation)
    done = context.write(lambda tx: members.change_member(tx, asked.number, told, asked.reason, asked.authority(tx)))
    return Outcome(done, (message("{0}  {1}  {2}", done.booklet, done.name, members.STATUS_WORDS[done.status]),))


def head(context: Context) -> Outcome:
    """Let another member become head."""
    asked, name = _asked(context), context.args.name
    done = context.write(lambda tx: members.change_head(tx, asked.number, name, asked.reason, asked.authority(tx)))
    return Outcome(done, (message("{0} is head of {1} now, {2} was", done.head, done.booklet, done.was),))


def freeze(context: Context) -> Outcome:
    """Freeze a disputed amount."""
    asked, points = _asked(context), Points(context.args.points)
    done = context.write(lambda tx: freezing.freeze(tx, asked.number, points, asked.reason, asked.authority(tx)))
    return Outcome(done, (_frozen(done),))


def release(context: Context) -> Outcome:
    """Release what is frozen."""
    asked, points = _asked(context), context.args.points
    given = Points(points) if points is not None else None
    done = context.write(lambda tx: freezing.release(tx, asked.number, given, asked.reason, asked.authority(tx)))
    return Outcome(done, (_frozen(done),))


def correct(context: Context) -> Outcome:
    """Put a household's points right."""
    asked, points, named = _asked(context), Points(context.args.points), context.args.corrects
    done = context.write(
        lambda tx: correcting.correct_points(tx, asked.number, points, named, (asked.reason, asked.authority(tx)))
    )
    told = (done.booklet, _points(done.adjusted), _points(done.balance))
    return Outcome(done, (message("{0}: {1} points, the balance is {2}", *told),))


def correct_score(context: Context) -> Outcome:
    """Put a posted base score right."""
    asked, args = _asked(context), context.args
    quarter = Quarter.parse(args.quarter)
    done = context.write(
        lambda tx: correcting.correct_score(tx, asked.number, quarter, args.score, (asked.reason, asked.authority(tx)))
    )
    told = (done.booklet, done.quarter, done.score, done.was, _points(done.adjusted))
    return Outcome(done, (message("{0} {1}: {2} instead of {3}, {4} points", *told),))


def _frozen(done: freezing.Frozen) -> Message:
    told = (done.booklet, _points(done.frozen), _points(done.available))
    return message("{0}: {1} points are frozen, {2} may be spent", *told)


def _points(points: Points) -> str:
    return format_hundredths(points)
