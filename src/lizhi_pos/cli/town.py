"""`init`, `user …`, `village …`."""

from io import BytesIO

from lizhi_pos.access import operators, people
from lizhi_pos.access.audit import record
from lizhi_pos.access.operators import Operator
from lizhi_pos.access.role_words import ROLE_WORDS
from lizhi_pos.accounts import villages
from lizhi_pos.accounts.prepared import prepared_for
from lizhi_pos.cli.context import Context, month_argument, readable
from lizhi_pos.cli.output import Outcome
from lizhi_pos.cli.rules import read_rules, rulebook_text
from lizhi_pos.cli.saving import save_one, workbook_path
from lizhi_pos.db import Transaction
from lizhi_pos.periods import Month
from lizhi_pos.refusal import Message, Refused, message, refuse, unwrap
from lizhi_pos.rulebook.adopted import adopt, rules_on, today
from lizhi_pos.rulebook.rules import Rulebook
from lizhi_pos.text import normalize
from lizhi_pos.town.town import create_town


def init(context: Context) -> Outcome:
    """Make a new database for a town; refuse one that has data."""
    args = context.args
    source = rulebook_text(readable(args.rulebook)) if args.rulebook else None
    rules = read_rules(args.rulebook, source) if source is not None else None
    filing = ""
    if rules is not None and not (filing := (args.filing or rules.filing).strip()):
        filing = context.ask(
            message("Filing number of the rulebook (备案号)"), message("A rulebook is filed: add --filing NO")
        )
    pin = context.new_pin(args.admin, "LIZHI_PIN")

    def act(tx: Transaction) -> None:
        admin = unwrap(create_town(tx, args.town, args.admin, pin))
        if rules is not None and source is not None:
            unwrap(adopt(tx, source, rules, filing, admin.name))

    with context.new_books() as engine:
        context.write(act, engine)
    answer = {"town": args.town, "admin": args.admin}
    return Outcome(answer, (message("{0} has its database; {1} is its administrator", args.town, args.admin),))


def add_user(context: Context) -> Outcome:
    """Add a user with a role."""
    by, args = context.operator("manage"), context.args
    pin = context.new_pin(args.name, "LIZHI_NEW_PIN")

    def act(tx: Transaction) -> Operator:
        booklet = normalize.number(args.household or "")
        added = unwrap(operators.add_user(tx, args.name, args.role, pin, booklet))
        record(tx, by, "user.add", added.name)
        return added

    added = context.write(act)
    return Outcome(_user(added), (message("{0} may sign in as {1}", added.name, ROLE_WORDS[added.role]),))


def list_users(context: Context) -> Outcome:
    """Return every user and role."""
    context.operator("manage")
    with context.reading() as tx:
        found = people.people(tx)
    words = tuple(
        message("{0}  {1}, left on {2}", u.name, ROLE_WORDS[u.role], u.ended_on.isoformat())
        if u.ended_on
        else message("{0}  {1}", u.name, ROLE_WORDS[u.role])
        for u in found
    )
    return Outcome({"users": found}, words)


def change_role(context: Context) -> Outcome:
    """Give a user another role."""
    by, args = context.operator("manage"), context.args
    changed = context.write(lambda tx: people.change_role(tx, args.name, args.role, by))
    return Outcome(changed, (message("{0} may sign in as {1}", changed.name, ROLE_WORDS[changed.role]),))


def end_user(context: Context) -> Outcome:
    """Let a user leave, whose record stays."""
    by, args = context.operator("manage"), context.args
    ended = context.write(lambda tx: people.end_user(tx, args.name, context.day(tx), by))
    return Outcome(ended, (message("{0} neither signs in nor approves any more; what they did stays", ended.name),))


def set_pin(context: Context) -> Outcome:
    """Give a user a new PIN: the administrator's work, or one's own."""
    args = context.args
    by = context.operator("see")
    if normalize.comparable(by.name) != normalize.comparable(args.name) and (refusal := by.refusal_to("manage")):
        raise Refused(refusal)
    pin = context.new_pin(args.name, "LIZHI_NEW_PIN")

    def act(tx: Transaction) -> Operator:
        changed = unwrap(operators.set_pin(tx, args.name, pin))
        record(tx, by, "user.pin", changed.name)
        return changed

    changed = context.write(act)
    return Outcome(_user(changed), (message("{0} has a new PIN", changed.name),))


def add_village(context: Context) -> Outcome:
    """Add a village."""
    by, name = context.operator("manage"), normalize.name(context.args.name)

    def act(tx: Transaction) -> None:
        unwrap(villages.add_village(tx, name))
        record(tx, by, "village.add", name)

    context.write(act)
    return Outcome({"village": name}, (message("{0} keeps its ledger from now on", name),))


def rename_village(context: Context) -> Outcome:
    """Another name for a village, which stays the same village."""
    by, new = context.operator("manage"), normalize.name(context.args.new)
    old = normalize.name(context.args.name)

    def act(tx: Transaction) -> bool:
        # an older database may hold a name as it was typed
        there = context.args.name if context.args.name in villages.village_names(tx).values() else old
        unwrap(villages.rename_village(tx, there, new))
        record(tx, by, "village.rename", f"{there} → {new}")
        rules = rules_on(tx, today(tx))
        return isinstance(rules, Rulebook) and there in rules.village_items

    named_in_rules = context.write(act)
    words: list[Message] = [message("{0} is named {1} from now on", context.args.name, new)]
    if named_in_rules:
        words.append(message("The rulebook still has items of its own for {0}: adopt one that names {1}", old, new))
    return Outcome({"village": new, "was": context.args.name}, tuple(words))


def list_villages(context: Context) -> Outcome:
    """Return every village."""
    context.operator("see")
    with context.reading() as tx:
        names = list(villages.village_names(tx).values())
    return Outcome({"villages": [{"village": name} for name in names]}, tuple(names))


def template(context: Context) -> Outcome:
    """Write a workbook for a village to fill in, its own people in it for who may see the books."""
    from lizhi_pos.exchange.template import write_village_template

    args, path = context.args, workbook_path(context.args.file)
    month = month_argument(args.month) if args.month else None
    by = context.operator("see")
    with context.reading() as tx:
        names = list(villages.village_names(tx).values())
        given = villages.known_as(tx, args.village) if args.village else None
        village = given or (names[0] if len(names) == 1 and not args.village else None)
        if village is None:
            raise Refused(refuse("not_found", "Say whose workbook it is with --village: {0}", " ".join(names)))
        month = month or Month.of(today(tx))
        prepared = prepared_for(tx, village, month, with_people=by.can("see_books"))
    content = BytesIO()
    write_village_template(content, village, month, prepared=prepared)
    save_one(path, content.getvalue(), replace=args.replace)
    answer = {"file": args.file, "village": village, "month": str(month), "households": len(prepared.households)}
    if not prepared.households:
        return Outcome(answer, (message("An empty workbook for {0} is in {1}", village, args.file),))
    subject = f"{village} {month}"
    # identity and phone numbers stand in it unmasked
    context.write(lambda tx: record(tx, by, "village.template", subject))
    count = len(prepared.households)
    words = message("The workbook for {0} is in {1}, with its {2} {2:household|households}", village, args.file, count)
    return Outcome(answer, (words,))


def _user(user: Operator) -> dict[str, str | None]:
    return {"name": user.name, "role": user.role, "household": user.booklet or None}
