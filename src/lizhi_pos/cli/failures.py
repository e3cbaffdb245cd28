"""What is said when the machine fails: how far the command had come by then, and where the log is."""

from typing import TYPE_CHECKING

from lizhi_pos.i18n.catalogue import Translate

if TYPE_CHECKING:
    from lizhi_pos.cli.environment import Environment


def machine_words(error: BaseException, context: "Environment", translate: Translate) -> str:
    """Return a failure of the machine in one sentence, after it was logged."""
    from sqlalchemy.exc import ArgumentError

    from lizhi_pos.database_failures import is_busy
    from lizhi_pos.log import log_failure
    from lizhi_pos.upgrade import NewerDatabase, OwnerNeeded
    from lizhi_pos.which_town import SeveralTowns

    if isinstance(error, SeveralTowns):
        return translate("This database holds several towns: end its address with ?town=NAME")
    if isinstance(error, NewerDatabase):
        return translate("This database was made by a newer program: install that one")
    if isinstance(error, OwnerNeeded) and error.is_empty:
        return translate(
            "There are no books here yet, and a till may not make them: run `init` under the owner's address"
        )
    if isinstance(error, OwnerNeeded):
        return translate(
            "These books are an older program's: first run `lizhi-pos verify` once under the owner's address"
        )
    if isinstance(error, ArgumentError):
        return translate("This is no database the program knows: give a file, sqlite:///FILE or postgresql+psycopg://…")
    if is_busy(error) and not context.wrote:
        return translate("The others are writing just now: nothing was done. Try again")
    path = log_failure(error, context.log_or_default)
    sentence = _sentence(error, context, translate)
    if path is None:
        return sentence
    where = translate("What happened is written in {0}").format(path)
    return f"{sentence} {where}"


def _sentence(error: BaseException, context: "Environment", translate: Translate) -> str:
    """Return how far it had come: nothing changed, in doubt, or done."""
    from sqlalchemy.exc import DBAPIError, OperationalError

    if context.committing and isinstance(error, DBAPIError) and error.connection_invalidated:
        # the commit was on its way when the connection broke: only the database knows
        return translate("The database went away while it wrote: look whether it is done before you do it again.")
    database = isinstance(error, OperationalError)
    if context.wrote:
        if database:
            return translate("What was done stays, but then the database did not answer; see whether it is full.")
        return translate("What was done stays, but then the machine failed; ask whoever looks after it.")
    if database:
        return translate("The database does not answer, nothing was changed; see whether it is there and not full.")
    return translate("The machine failed, nothing was changed; ask whoever looks after it.")
