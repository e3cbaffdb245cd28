"""What a failure of the database means: the server is gone, or others were faster for too long. Loads no driver."""

_GONE = ("08", "57P")
"""How the SQLSTATEs begin of a connection that broke and of a server that goes down, is down or comes up."""

MONTH_CLOSED_STATE = "LZ001"
SESSION_CLOSED_STATE = "LZ002"
"""The SQLSTATEs that our own guards on PostgreSQL raise when what an act had read no longer holds."""

_LOST_RACES = frozenset({"40001", "40P01", "23505", MONTH_CLOSED_STATE, SESSION_CLOSED_STATE})
"""SQLSTATEs of an act that another was faster than: serialization, deadlock, a key just written, our own guards."""


class ServerLost(Exception):
    """The server does not answer. `may_be_written` says that what was asked of it may have been committed."""

    def __init__(self, *, may_be_written: bool) -> None:
        super().__init__("the server does not answer")
        self.may_be_written = may_be_written


def server_is_lost(error: BaseException) -> bool:
    """Return whether a failure means that the database's server cannot be reached any more."""
    orig = getattr(error, "orig", None) or error
    kinds = {kind.__name__ for kind in type(orig).__mro__ if kind.__module__.partition(".")[0] == "psycopg"}
    if kinds.isdisjoint({"OperationalError", "InterfaceError"}):
        return False
    state = getattr(orig, "sqlstate", None)
    # without a state it was the driver that found the connection broken, or got none
    return state is None or state.startswith(_GONE)


def lost_a_race(error: BaseException) -> bool:
    """Return whether the database refused a statement because of what another transaction has just written."""
    return getattr(getattr(error, "orig", None), "sqlstate", None) in _LOST_RACES


def is_busy(error: BaseException) -> bool:
    """Return whether an act was given up because others wrote at the same moment: nothing of it was done."""
    orig = getattr(error, "orig", None) or error
    if str(getattr(orig, "sqlite_errorname", "")).startswith(("SQLITE_BUSY", "SQLITE_LOCKED")):
        return True
    # a key that is there already, again and again, is not a matter of time
    return lost_a_race(error) and getattr(orig, "sqlstate", None) != "23505"
