"""The screen of every job behind the counter, by where a row of home leads; each is loaded when it is asked for."""

from collections.abc import Callable, Mapping

from textual.screen import Screen

from lizhi_pos.terminal.menu import LEDGER_STEPS, Target


def job_screen(target: Target) -> Screen[None] | None:
    """Return the screen of a job; None of what is no job."""
    make = _SCREENS.get(target)
    return make() if make is not None else None


def _printing() -> Screen[None]:
    from lizhi_pos.terminal.screens.selling.print_queue import PrintQueueScreen

    return PrintQueueScreen()


def _gift_in_kind() -> Screen[None]:
    from lizhi_pos.terminal.screens.receiving.delivery import DeliveryScreen

    return DeliveryScreen("gift")


def _purchase() -> Screen[None]:
    from lizhi_pos.terminal.screens.receiving.delivery import DeliveryScreen

    return DeliveryScreen("purchase")


def _shelf() -> Screen[None]:
    from lizhi_pos.terminal.screens.shelf.shelf import ShelfScreen

    return ShelfScreen("short")


def _near_expiry() -> Screen[None]:
    from lizhi_pos.terminal.screens.shelf.shelf import ShelfScreen

    return ShelfScreen("near")


def _stocktake() -> Screen[None]:
    from lizhi_pos.terminal.screens.stocktake.counts import CountsScreen

    return CountsScreen()


def _gifts() -> Screen[None]:
    from lizhi_pos.terminal.screens.gifts.gifts import GiftsScreen

    return GiftsScreen()


def _planning() -> Screen[None]:
    from lizhi_pos.terminal.screens.planning.planning import PlanningScreen

    return PlanningScreen()


def _households() -> Screen[None]:
    from lizhi_pos.terminal.screens.households.households import HouseholdsScreen

    return HouseholdsScreen("all")


def _proposed_vetoes() -> Screen[None]:
    from lizhi_pos.terminal.screens.households.households import HouseholdsScreen

    return HouseholdsScreen("proposed")


def _ledgers(target: Target) -> Callable[[], Screen[None]]:
    def make() -> Screen[None]:
        from lizhi_pos.terminal.screens.ledgers.board import LedgersScreen

        return LedgersScreen(target)

    return make


def _honours() -> Screen[None]:
    from lizhi_pos.terminal.screens.reports.honours import HonoursScreen

    return HonoursScreen()


def _supervision() -> Screen[None]:
    from lizhi_pos.terminal.screens.reports.supervision import SupervisionScreen

    return SupervisionScreen()


def _rulebook() -> Screen[None]:
    from lizhi_pos.terminal.screens.reports.rulebook import RulebookScreen

    return RulebookScreen()


def _month_end() -> Screen[None]:
    from lizhi_pos.terminal.screens.month_end.month import MonthEndScreen

    return MonthEndScreen()


_SCREENS: Mapping[Target, Callable[[], Screen[None]]] = {
    "printing": _printing,
    "receive gift": _gift_in_kind,
    "receive purchase": _purchase,
    "shelf": _shelf,
    "near expiry": _near_expiry,
    "stocktake": _stocktake,
    "gifts": _gifts,
    "planning": _planning,
    "households": _households,
    "vetoes proposed": _proposed_vetoes,
    **{target: _ledgers(target) for target in ("ledgers", *LEDGER_STEPS)},
    "month end": _month_end,
    "honours": _honours,
    "supervision": _supervision,
    "rulebook": _rulebook,
}
