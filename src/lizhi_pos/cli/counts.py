"""`stock count …`: stocktakes, scanned, typed or by file."""

from lizhi_pos.access.operators import Authority
from lizhi_pos.cli.context import Context, readable
from lizhi_pos.cli.files import file_outcome, unread_outcome
from lizhi_pos.cli.output import Outcome
from lizhi_pos.db import Transaction
from lizhi_pos.exchange.stock_count import read_count
from lizhi_pos.inventory.count_closing import ClosedCount, ClosedLine, close_count
from lizhi_pos.inventory.count_files import CountTaken, count_file, errors_in_count, read_into_count
from lizhi_pos.inventory.counts import (
    CountLine,
    Seen,
    StockCount,
    Tallied,
    add_tally,
    count_shown,
    counts,
    drop_count,
    open_count,
    recount,
)
from lizhi_pos.inventory.products import Taken
from lizhi_pos.money import format_hundredths
from lizhi_pos.refusal import Message, Refusal, message, unwrap
from lizhi_pos.text import normalize


def open_sheet(context: Context) -> Outcome:
    """Open a count of some products, or of all."""
    by, args = context.operator("keep_stock"), context.args
    codes = [normalize.code(word) for word in args.codes]
    sheet = context.write(lambda tx: open_count(tx, codes, args.blind, Authority(by, context.day(tx))))
    words = [message("Count {0} is open: {1} {1:product|products}", sheet.count, len(sheet.lines))]
    words += [message("{0}  {1}  books {2}", x.code, x.name, _or_dash(x.book)) for x in sheet.lines]
    return Outcome(sheet, tuple(words))


def add(context: Context) -> Outcome:
    """Record that so many more of a product were counted; 0 says that there is none."""
    by, args = context.operator("keep_stock"), context.args
    return _tallied(
        context.write(
            lambda tx: add_tally(tx, args.count, Seen(normalize.code(args.code), args.quantity, args.lot or ""), by)
        )
    )


def again(context: Context) -> Outcome:
    """Forget what was counted of a product."""
    context.operator("keep_stock")
    args = context.args
    return _tallied(context.write(lambda tx: recount(tx, args.count, normalize.code(args.code))))


def read(context: Context) -> Outcome:
    """Read a file into an open count; the same file again changes nothing."""
    by, args = context.operator("keep_stock"), context.args
    path = readable(args.file)
    reading = read_count(path)
    if reading.content is None:
        return unread_outcome(context, path, reading, errors_in_count)
    rows = reading.content
    taken = context.write(lambda tx: read_into_count(tx, args.count, rows, by))
    context.wrote = not taken.errors
    return file_outcome(context, path, Taken(taken.new, 0, taken.same, taken.errors), reading.warnings)


def show(context: Context) -> Outcome:
    """Show what was found so far, or what a closed count came to."""
    context.operator("see_stock")
    with context.reading() as tx:
        found = unwrap(count_shown(tx, context.args.count))
    return Outcome(found, _lines(found))


def list_counts(context: Context) -> Outcome:
    """Show every count."""
    context.operator("see_stock")
    with context.reading() as tx:
        found = counts(tx)
    words = [
        message("{0}  {1}  {2}: {3} of {4}", x.count, x.opened_on.isoformat(), _STATE[x.state], x.counted, x.products)
        for x in found
    ]
    return Outcome({"counts": found}, tuple(words) or (message("Nothing was ever counted"),))


def close(context: Context) -> Outcome:
    """Bring the books to what was counted, with a second person's approval."""
    args = context.args
    by = context.operator("keep_stock")
    approval = context.approval(by)
    done = context.write(
        lambda tx: close_count(tx, args.count, args.uncounted, Authority(by, context.day(tx), approval))
    )
    return _closed(done)


def drop(context: Context) -> Outcome:
    """Give an open count up."""
    by = context.operator("keep_stock")
    done = context.write(lambda tx: drop_count(tx, context.args.count, Authority(by, context.day(tx))))
    return Outcome(done, (message("Count {0} is given up", done.count),))


def whole_file(context: Context) -> Outcome:
    """Open, read and close a count of a file's products in one."""
    by = context.operator("keep_stock")
    approval = context.approval(by)
    path = readable(context.args.file)
    reading = read_count(path)
    if reading.content is None:
        return unread_outcome(context, path, reading, errors_in_count)
    rows = reading.content

    def act(tx: Transaction) -> CountTaken | Refusal:
        return count_file(tx, rows, Authority(by, context.day(tx), approval))

    taken = context.write(act)
    context.wrote = not taken.errors
    if taken.closed is None:
        return file_outcome(context, path, Taken(0, 0, 0, taken.errors), reading.warnings)
    return _closed(taken.closed)


_STATE = {"open": message("open"), "closed": message("closed"), "dropped": message("given up")}


def _or_dash(number: int | None) -> str:
    return "–" if number is None else str(number)


def _tallied(done: Tallied) -> Outcome:
    return Outcome(done, (message("{0}  {1}: counted {2}", done.code, done.name, _or_dash(done.counted)),))


def _lines(found: StockCount) -> tuple[Message, ...]:
    first = message("Count {0}: {1}", found.count, _STATE[found.state])
    return (first, *(_line(x) for x in found.lines))


def _line(x: CountLine | ClosedLine) -> Message:
    told = (_or_dash(x.counted), _or_dash(x.book), _or_dash(x.difference))
    return message("{0}  {1}  counted {2}, books {3}, difference {4}", x.code, x.name, *told)


def _closed(done: ClosedCount) -> Outcome:
    words = [message("Count {0}: {1}", done.count, _STATE[done.state])]
    for x in done.lines:
        if x.difference:
            words.append(_line(x))
            words += [message("    lot {0}: {1}", one.lot, one.quantity) for one in x.lots]
    cost = sum(x.cost or 0 for x in done.lines)
    told = message("It takes {0} off the losses", format_hundredths(-cost))
    words.append(told if cost < 0 else message("It adds {0} to the losses", format_hundredths(cost)))
    return Outcome(_answer(done), tuple(words))


def _answer(done: ClosedCount) -> dict[str, object]:
    lines = []
    for x in done.lines:
        line: dict[str, object] = {
            "code": x.code,
            "name": x.name,
            "counted": x.counted,
            "book": x.book,
            "difference": x.difference,
        }
        if x.difference:
            line |= {"lots": x.lots, "cost": format_hundredths(x.cost or 0)}
        lines.append(line)
    return {"count": done.count, "state": done.state, "lines": lines}
