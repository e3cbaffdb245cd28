"""The till ended by SIGKILL at every kind of step of a sale: none lost after "done", none posted before."""

import os
from collections.abc import Callable, Sequence

import pytest
from mortal import AS_IT_WAS, BOOKLET, OTHER, TIMES, Mortal

from towns.till import SALT, VINEGAR

pytestmark = pytest.mark.skipif(os.name != "posix", reason="pseudo-terminals")
F2, F3, F8 = "\x1bOQ", "\x1bOR", "\x1b[19~"


def killed_redeeming(mortal: Mortal, step: str) -> None:
    mortal.scan()
    mortal.dies_at("redeem", step)
    mortal.enter()
    mortal.died()
    if _is_kept(step):
        mortal.sold += 1
        mortal.holds()
        mortal.shows("Next household", "Last redemption", f"-{mortal.sold:06}")
    else:
        mortal.holds()
        mortal.settled()
        mortal.shows(AS_IT_WAS, BOOKLET, "11.00", "× 2", "× 1")
        mortal.done()


def killed_keeping(mortal: Mortal, step: str) -> None:
    """The second line is written, or not, as the step says; the first one stays in any case."""
    mortal.till.send(f"{BOOKLET}\r{SALT}\r")
    mortal.settled({SALT: 1})
    mortal.dies_at("save", step)
    mortal.till.send(f"2*{SALT}\r")
    mortal.died()
    kept = mortal.basket()
    assert kept is not None
    assert [w.quantity for w in kept.wanted] == [3 if _is_kept(step) else 1]
    mortal.shows(AS_IT_WAS, BOOKLET, f"× {3 if _is_kept(step) else 1}")
    mortal.till.send(f"2*\r{VINEGAR}\r")
    mortal.settled()
    mortal.shows("11.00")
    mortal.done()


def killed_keeping_the_first(mortal: Mortal, step: str) -> None:
    """A first line that was not written is gone with its household: nothing of it was redeemed."""
    mortal.dies_at("save", step)
    mortal.till.send(f"{BOOKLET}\r2*{SALT}\r")
    mortal.died()
    assert (mortal.basket() is not None) == _is_kept(step)
    if _is_kept(step):
        mortal.shows(AS_IT_WAS, BOOKLET, "× 2")
    else:
        mortal.shows("Next household")
        mortal.till.send(f"{BOOKLET}\r2*{SALT}\r")
    mortal.till.send(f"{VINEGAR}\r")
    mortal.settled()
    mortal.shows("11.00")
    mortal.done()


def killed_emptying(mortal: Mortal, step: str) -> None:
    mortal.scan()
    mortal.till.send(F8)
    mortal.shows("F8 again: yes")
    mortal.dies_at("save", step)
    mortal.till.send(F8)
    mortal.died()
    assert (mortal.basket() is None) == _is_kept(step)
    if _is_kept(step):
        mortal.shows("Next household")
    else:
        mortal.shows(AS_IT_WAS, BOOKLET, "11.00")
        mortal.done()


def killed_holding(mortal: Mortal, step: str) -> None:
    mortal.scan()
    mortal.dies_at("hold", step)
    mortal.till.send(F2)
    mortal.died()
    if _is_kept(step):
        assert [basket.booklet for basket in mortal.held()] == [BOOKLET]
        mortal.shows("Next household")
        mortal.till.send(F3)
    else:
        assert mortal.held() == []
        mortal.shows(AS_IT_WAS)
    mortal.shows(BOOKLET, "11.00")
    mortal.done()


def killed_recalling(mortal: Mortal, step: str) -> None:
    mortal.scan(OTHER)
    mortal.till.send(F2)
    mortal.shows("is held")
    mortal.dies_at("recall", step)
    mortal.till.send(F3)
    mortal.died()
    if _is_kept(step):
        mortal.shows(AS_IT_WAS)
    else:
        assert mortal.basket() is None
        mortal.shows("Next household")
        mortal.till.send(F3)
    mortal.shows(OTHER, "11.00")
    mortal.done()


def killed_after_done(mortal: Mortal, step: str) -> None:
    """What was said to be done is done."""
    mortal.scan()
    mortal.done()
    mortal.till.process.kill()
    mortal.died()
    mortal.holds()
    mortal.shows("Next household", "Last redemption", f"-{mortal.sold:06}")


WAYS: dict[str, tuple[Callable[[Mortal, str], None], Sequence[str]]] = {
    "redeem": (killed_redeeming, ("statement 1", "statement 9", "statement 17", "commit 1", "committed 1", "ended 1")),
    "keep": (killed_keeping, ("statement 1", "commit 1", "committed 1")),
    "first": (killed_keeping_the_first, ("commit 1", "committed 1")),
    "empty": (killed_emptying, ("commit 1", "committed 1")),
    "hold": (killed_holding, ("commit 1", "committed 1")),
    "recall": (killed_recalling, ("commit 1", "committed 1")),
    "done": (killed_after_done, ("",)),
}
"""By what is killed: how, and at which steps."""


@pytest.mark.parametrize("what", WAYS)
def test_killed_while_it(mortal: Mortal, what: str) -> None:
    killed, steps = WAYS[what]
    for step in steps:
        killed(mortal, step)


@pytest.mark.soak
@pytest.mark.timeout(3600)
@pytest.mark.parametrize("what", WAYS)
def test_killed_ten_times_at_every_step_while_it(mortal: Mortal, what: str) -> None:
    killed, steps = WAYS[what]
    # twice: the year's first receipt makes one step more than all later ones
    for _ in range(2):
        killed(mortal, "ended 1" if what != "done" else "")
    all_steps = mortal.died_through if what != "done" else steps
    print(f"{what}: {TIMES} times at each of {len(all_steps)} steps", all_steps)
    for step in all_steps:
        for _ in range(TIMES):
            killed(mortal, step)


def _is_kept(step: str) -> bool:
    """Whether the step comes after the commit."""
    return step.startswith(("committed", "ended"))
