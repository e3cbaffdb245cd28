"""`evidence …`: pictures and papers that prove what is in the books."""

from pathlib import Path

from lizhi_pos.access.operators import Authority
from lizhi_pos.cli.context import Context, readable
from lizhi_pos.cli.environment import Usage
from lizhi_pos.cli.output import Outcome
from lizhi_pos.cli.saving import refuse_others, save_one
from lizhi_pos.db import Transaction
from lizhi_pos.evidence import keeping
from lizhi_pos.evidence.media import MOST_BYTES
from lizhi_pos.refusal import Refusal, message, unwrap
from lizhi_pos.reports.subjects import known_subject
from lizhi_pos.system_errors import system_words


def add(context: Context) -> Outcome:
    """Keep a picture or a PDF for something in the books."""
    by, args = context.operator("keep_evidence"), context.args
    path = readable(args.file)
    given = keeping.FileGiven(path.name, _read(path), args.note or "")

    def act(tx: Transaction) -> keeping.Kept | Refusal:
        subject = unwrap(known_subject(tx, args.to))
        return keeping.keep(tx, given, subject, Authority(by, context.day(tx)))

    kept = context.write(act)
    return Outcome(kept, (message("{0} is kept for {1} under {2}", path.name, kept.to, kept.sha256.hex()),))


def show(context: Context) -> Outcome:
    """List what is kept, for something or for everything."""
    by, args = context.operator("see_books"), context.args

    def act(tx: Transaction) -> list[keeping.Listed] | Refusal:
        return keeping.look_through(tx, unwrap(known_subject(tx, args.to)) if args.to else None, by)

    found = context.write(act)
    words = [
        message(
            "{0}  {1}  {2}  {3} {3:byte|bytes}, {4} {5}  {6}",
            *(x.on.isoformat(), x.to, x.name, x.bytes, x.by),
            *_end(x),
        )
        for x in found
    ]
    return Outcome({"evidence": found}, tuple(words) or (message("Nothing is kept for this"),))


def save(context: Context) -> Outcome:
    """Write a picture or paper out of the books into a file."""
    by, args = context.operator("see_books"), context.args
    path = Path(args.file)
    with context.reading() as tx:
        picture = unwrap(keeping.take_out(tx, args.sha256))
    if not args.replace:
        refuse_others(path.parent, {path.name: picture.content})
    context.write(lambda tx: keeping.seen(tx, picture, by))
    save_one(path, picture.content, replace=args.replace)
    answer = {"sha256": picture.sha256.hex(), "bytes": len(picture.content), "file": args.file}
    return Outcome(answer, (message("{0} is in {1}", picture.name, args.file),))


def _end(one: keeping.Listed) -> tuple[str, str]:
    return one.sha256.hex(), one.note


def _read(path: Path) -> bytes:
    """Return a file's content, and no more of one that is too large than tells so."""
    try:
        with path.open("rb") as file:
            return file.read(MOST_BYTES + 1)
    except OSError as error:
        raise Usage(message("{0} cannot be read: {1}", str(path), system_words(error))) from error
