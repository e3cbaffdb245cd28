"""`rulebook …` and `calendar`."""

from datetime import date
from pathlib import Path

from lizhi_pos.access.audit import record
from lizhi_pos.cli.context import Context, readable
from lizhi_pos.cli.environment import Usage
from lizhi_pos.cli.output import Outcome
from lizhi_pos.database_file import kind_of
from lizhi_pos.db import Transaction, reading
from lizhi_pos.engines import sqlite_path
from lizhi_pos.money import format_hundredths, format_tenths
from lizhi_pos.refusal import Message, Refusal, Refused, message, refuse, unwrap
from lizhi_pos.rulebook import adopted
from lizhi_pos.rulebook.difference import difference
from lizhi_pos.rulebook.reading import NoRulebook, RuleError, read_rulebook
from lizhi_pos.rulebook.rules import Rulebook


def show(context: Context) -> Outcome:
    """Return the rules in force on a day."""
    context.operator("see")
    with context.reading() as tx:
        rules = unwrap(adopted.rules_on(tx, context.day(tx)))
    items = [{"category": i.category, "name": i.name, "points": format_hundredths(i.points)} for i in rules.items]
    threshold = format_tenths(rules.base_score.threshold_tenths)
    answer = {
        "town": rules.town,
        "year": rules.year,
        "threshold": threshold,
        "window": rules.base_score.window,
        "residence_months": rules.residence_months,
        "publicity_days": rules.batch.publicity_days,
        "items": items,
        "negative_list": [{"clause": c.clause, "text": c.text} for c in rules.negative_list],
    }
    words: list[Message | str] = [
        message(
            "{0} {1}: threshold {2}, publicity {3} {3:day|days}",
            rules.town,
            rules.year,
            threshold,
            rules.batch.publicity_days,
        )
    ]
    words += [f"{i['category']}  {i['name']}  {i['points']}" for i in items]
    words += [message("Negative list {0}: {1}", c.clause, c.text) for c in rules.negative_list]
    return Outcome(answer, tuple(words))


def check(context: Context) -> Outcome:
    """Everything that is wrong with a rulebook file."""
    file = context.args.file
    found = read_rulebook(rulebook_text(readable(file)))
    errors = found.errors if isinstance(found, NoRulebook) else ()
    answer = {"file": file, "errors": [{"line": e.line, "key": e.key, "message": e.text} for e in errors]}
    words = tuple(_error_words(file, e) for e in errors) or (message("{0} is a rulebook without errors", file),)
    return Outcome(answer, words, 1 if errors else 0)


def diff(context: Context) -> Outcome:
    """Say what changed from one rulebook to another, each a year or a file."""
    context.operator("see")
    with context.reading() as tx:
        found = difference(*(_source(tx, name) for name in (context.args.before, context.args.after)))
    words = [message("+ {0}", key) for key in found.added] + [message("- {0}", key) for key in found.removed]
    words += [message("{0}: {1} → {2}", x.key, x.was, x.now) for x in found.changed]
    return Outcome(found, tuple(words) or (message("The two rulebooks say the same"),))


def _source(tx: Transaction, name: str) -> str:
    """Return the text of a rulebook: the one in force for a year, or a file's, which must read as one."""
    if name.isdecimal() and len(name) == 4:
        source = adopted.source_of(tx, int(name))
        if source is None:
            raise Refused(refuse("no_rulebook", "No rulebook was adopted for {0}", name))
        return source
    source = rulebook_text(readable(name))
    read_rules(name, source)
    return source


def adopt(context: Context) -> Outcome:
    """Adopts a rulebook for its year."""
    by, args = context.operator("manage"), context.args
    source = rulebook_text(readable(args.file))
    rules = read_rules(args.file, source)

    def act(tx: Transaction) -> None:
        unwrap(adopted.adopt(tx, source, rules, args.filing, by.name))
        record(tx, by, "rulebook.adopt", f"{rules.year} {args.filing}")

    context.write(act)
    answer = {"year": rules.year, "filing": args.filing, "items": len(rules.items)}
    return Outcome(answer, (message("The rulebook of {0} is in force, filed as {1}", rules.year, args.filing),))


def calendar(context: Context) -> Outcome:
    """Return the market days of a year and the redemption days among them; none is assumed."""
    year = context.args.year
    rules = _rules_for(context, date(year, 12, 31))
    days = [day for month in range(1, 13) for day in rules.market_days.in_month(year, month)] if rules else []
    marked = [(day, bool(rules and rules.is_redemption_day(day))) for day in days]
    answer = {"year": year, "days": [{"date": day, "redemption": redeems} for day, redeems in marked]}
    words: tuple[Message | str, ...] = tuple(f"{day}  ★" if redeems else f"{day}" for day, redeems in marked)
    if not days:
        words = (message("No market day is known: enter the town's rule under [market_days] in the rulebook"),)
    return Outcome(answer, words)


def read_rules(file: str, source: str) -> Rulebook:
    """Return a rulebook file's rules; refuse one with errors, naming each line."""
    found = read_rulebook(source)
    if isinstance(found, Rulebook):
        return found
    first, others = _error_words(file, found.errors[0]), len(found.errors) - 1
    more = message("{0} (and {1} more: `rulebook check` names them all)", first, others) if others else first
    raise Refused(Refusal("file_refused", text=more))


def rulebook_text(path: Path) -> str:
    """Return what a rulebook file says; raise Usage where it is no text in UTF-8."""
    try:
        return path.read_text(encoding="utf-8-sig")
    except (UnicodeDecodeError, OSError):
        raise Usage(message("{0} is not a text in UTF-8", str(path))) from None


def _rules_for(context: Context, day: date) -> Rulebook | None:
    path = sqlite_path(context.url)
    context.refuse_network()
    if path is not None and kind_of(path) in ("none", "empty"):
        return None
    with reading(context.engine) as tx:
        if tx.town_id is None:
            return None
        rules = adopted.rules_on(tx, day)
        return None if isinstance(rules, Refusal) else rules


def _error_words(file: str, error: RuleError) -> Message:
    return message("{0}:{1}: {2}: {3}", file, error.line, error.key or "TOML", error.text)
