"""`setting …`: what the town has set for its shop."""

from lizhi_pos.cli.context import Context
from lizhi_pos.cli.output import Outcome
from lizhi_pos.refusal import message
from lizhi_pos.town.settings import SETTINGS, set_town_setting, settings


def show(context: Context) -> Outcome:
    """Return every setting, what it means and which values it takes."""
    context.operator("see")
    with context.reading() as tx:
        holds = settings(tx)
    answer = [{"name": name, "value": holds[name], "values": known.values} for name, known in SETTINGS.items()]
    words = tuple(
        message("{0} = {1}: {2}, one of {3}", name, holds[name], known.means, ", ".join(known.values))
        for name, known in SETTINGS.items()
    )
    return Outcome({"settings": answer}, words)


def change(context: Context) -> Outcome:
    """Set one value for the whole town."""
    by, args = context.operator("manage"), context.args
    context.write(lambda tx: set_town_setting(tx, args.name, args.value, by))
    return Outcome(
        {"name": args.name, "value": args.value}, (message("{0} is {1} from now on", args.name, args.value),)
    )
