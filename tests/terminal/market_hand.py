"""A clerk's hands and scanner at a till, and what must come of all they send: a model of the day, kept beside it.

Every act first says in the model what is to be, then sends its keys, then waits until the screen shows exactly that:
the household, every line with its quantity, the three figures, and how often it rang.
"""

import re
import time
from collections.abc import Mapping, Sequence
from random import Random

from pty_till import PtyTill

from towns.market import BELOW, HEADS, NAMES, PRICES, VETOED
from towns.till import CLERK, CLERK_PIN

ENDS = ("\r", "\n", "\r\n")
F1, F2, F3, F4, F8, F12 = "\x1bOP", "\x1bOQ", "\x1bOR", "\x1bOS", "\x1b[19~", "\x1b[24~"
DELETE, ESCAPE = "\x1b[3~", "\x1b"
WAIT = 15
"""Seconds until a screen that does not come is a failure."""
AFTER_A_SCAN = 0.085
"""Seconds a person waits at least before Enter: what comes within 0.08 is the scanner's."""
_LINE = re.compile(r" ([▸ ]) *\d+ (.+?) +[0-9.]+ *× *(\d+) +([0-9.]+)")


class Turn:
    """A household at the counter, as the model has it."""

    def __init__(self, booklet: str, balance: int) -> None:
        self.booklet = booklet
        self.head = HEADS[booklet]
        self.balance = balance
        self.goods: dict[str, int] = {}
        self.marked = ""
        self.proxy = ""

    @property
    def barred(self) -> bool:
        return self.booklet in BELOW or self.booklet in VETOED

    @property
    def total(self) -> int:
        return sum(PRICES[code] * quantity for code, quantity in self.goods.items())


class Sold:
    """One redemption that must be in the books."""

    def __init__(self, turn: Turn) -> None:
        self.booklet, self.proxy, self.goods = turn.booklet, turn.proxy, dict(turn.goods)
        self.before, self.total = turn.balance, turn.total


class Hand:
    """Sends and remembers. `rings` are the bells due so far, `scans` how many ends a scanner has sent."""

    def __init__(self, till: PtyTill, balances: Mapping[str, int], year: int, seed: int) -> None:
        self.till = till
        self.random = Random(seed)
        self.year = year
        self.turn: Turn | None = None
        self.held: list[Turn] = []
        self.sold: list[Sold] = []
        self.rings = self.scans = 0
        self.doing = ""
        self._balances = dict(balances)
        self._burst: list[str] = []

    # what a scanner sends, gathered into one burst until `settle` sends it

    def booklet(self, booklet: str) -> Turn:
        """A booklet onto a counter without goods."""
        self._scan(booklet)
        self.turn = Turn(booklet, self._balances[booklet])
        self.rings += 2 if booklet in VETOED else 1 if booklet in BELOW else 0
        return self.turn

    def goods(self, *codes: str, quantity: int = 1) -> None:
        """Goods for whoever stands at the counter, each with the quantity before it where it is not one."""
        for code in codes:
            self._scan(code if quantity == 1 else f"{quantity}*{code}")
            if self.turn is None or self.turn.barred:
                self.rings += 1
            else:
                self.turn.goods[code] = self.turn.goods.get(code, 0) + quantity
                self.turn.marked = code

    def rung_away(self, *codes: str, each: int = 1) -> None:
        """Scans that ring and add nothing; `each` is how often one rings."""
        for code in codes:
            self._scan(code)
            self.rings += each

    def again(self) -> None:
        """The scanner's end once more: within its time it is never "done"."""
        self._burst.append("\r")

    def settle(self, *shown: str) -> None:
        """Sends the burst, and waits until the screen is as the model has it, with these texts on it."""
        self.send("".join(self._burst))
        self._burst.clear()
        self.till.until(lambda till: self._missing(till, shown), WAIT)

    def send(self, keys: str) -> None:
        """Keys as they are."""
        self.till.send(keys)

    # what a hand does

    def step(self, by: int) -> None:
        """``+`` or ``-``."""
        turn = self._serving
        self._set(turn.goods[turn.marked] + by)
        self.send("+" if by > 0 else "-")
        self.settle()

    def set_quantity(self, quantity: int) -> None:
        """``5*`` and Enter; ``0*`` takes the line out."""
        self._set(quantity)
        self.send(f"{quantity}*\r")
        self.settle()

    def take_out(self) -> None:
        """The Delete key."""
        self._set(0)
        self.send(DELETE)
        self.settle()

    def redeem(self) -> None:
        """Enter by a person, and the receipt it must say."""
        turn = self._serving
        self._enter()
        self.sold.append(Sold(turn))
        self._balances[turn.booklet] -= turn.total
        self.turn = None
        self.settle(f"Done: receipt 1-{self.year}-{len(self.sold):06}", f"✔ {turn.booklet}  {turn.head}")

    def refused_redeem(self, *words: str) -> None:
        """Enter on a basket that the books refuse: it rings and stays."""
        self._enter()
        self.rings += 1
        self.settle("not redeemed", *words)

    def hold(self, following: str = "") -> None:
        """F2; a household whose booklet was scanned over the basket takes its place."""
        turn = self._serving
        self.held.append(turn)
        self.turn = Turn(following, self._balances[following]) if following else None
        if following:
            self.rings += 2 if following in VETOED else 1 if following in BELOW else 0
        self.send(F2)
        self.settle(f"{turn.head} is held")

    def recall(self, at: int = 0) -> None:
        """F3; where several are held the one wanted by its number."""
        turn = self.held[at]
        self.send(F3)
        if len(self.held) > 1:
            self._wait(*(one.booklet for one in self.held), "number and Enter")
            self.send(f"{at + 1}\r")
        del self.held[at]
        turn.marked = list(turn.goods)[-1]
        self.turn = turn
        self.settle(f"The basket of {turn.head} is back")

    def escape(self, *shown: str) -> None:
        """Esc, by itself so that it is no part of another key."""
        self.send(ESCAPE)
        self.settle(*shown)

    def question(self, *codes: str, yes: bool) -> None:
        """F8's question stands while scans come, each of which rings once; then its answer."""
        self.send(F8)
        self._wait("F8 again: yes")
        for code in codes:
            self._scan(code, end="\r")
            self.rings += 1
        self._rung()
        self.turn = None if yes else self.turn
        self.send(F8 if yes else ESCAPE)
        self._gone("F8 again: yes")
        self.settle(*(["The counter is empty"] if yes else []))

    def help(self, *codes: str) -> None:
        """F1's two pages, with scans over both."""
        self.send(F1)
        for page in ("What the field takes", "hold this basket for later"):
            self._wait(page)
            for code in codes:
                self._scan(code, end="\r")
                self.rings += 1
            self._rung()
            self.send(F1)
            self._gone(page)
        self.settle()

    def proxy(self, name: str, relation: str, *codes: str) -> None:
        """F4's dialog, with scans before it is filled in."""
        self.send(F4)
        self._wait("Who collects", "Relation")
        self._scanned_over(codes)
        self.send(f"{name}\r{relation}\r")
        self._serving.proxy = name
        self._gone("Who collects")
        self.settle(f"collected by {name}")

    def lock(self, *codes: str) -> None:
        """F12, scans over the locked till, and the PIN; the basket waits below."""
        self.send(F12)
        self._wait("The till is locked", f"1 {CLERK}")
        self._scanned_over(codes)
        self.send(f"{CLERK_PIN}\r")
        self._gone("The till is locked")
        self.settle()

    @property
    def _serving(self) -> Turn:
        assert self.turn is not None
        return self.turn

    def _scan(self, text: str, end: str = "") -> None:
        self.scans += 1
        self._burst.append(text + (end or self.random.choice(ENDS)))

    def _scanned_over(self, codes: Sequence[str]) -> None:
        for code in codes:
            self.rung_away(code)
            self._rung()

    def _rung(self) -> None:
        """Sends the burst and waits for its bells only: something else than the counter is on the screen."""
        self.send("".join(self._burst))
        self._burst.clear()
        self.till.until(lambda till: self._wrong_bells(till), WAIT)

    def _wait(self, *texts: str) -> None:
        self.till.until(lambda till: self._absent(till, texts), WAIT)

    def _gone(self, text: str) -> None:
        def still(till: PtyTill) -> str:
            return f"{self._about}: {text!r} is still shown" if any(text in line for line in till.lines) else ""

        self.till.until(still, WAIT)

    def _enter(self) -> None:
        time.sleep(AFTER_A_SCAN)
        # nothing the scanner sent was taken for this Enter
        assert not (changed := self._missing(self.till, ())), changed
        self.send("\r")

    def _set(self, quantity: int) -> None:
        turn = self._serving
        turn.goods[turn.marked] = quantity
        if quantity < 1:
            del turn.goods[turn.marked]
            turn.marked = list(turn.goods)[-1] if turn.goods else ""

    def _missing(self, till: PtyTill, shown: Sequence[str]) -> str:
        turn, lines = self.turn, till.lines
        wanted = list(shown)
        if turn is None:
            wanted.append("Next household")
        else:
            basket = f"Basket, {sum(turn.goods.values())} pieces" if turn.goods else "This basket"
            wanted += [f"{turn.booklet}  {turn.head}", f"{basket:<19}{_hundredths(turn.total):>9}"]
            wanted += [f"Left{_hundredths(turn.balance - turn.total):>24}"]
            if (drawn := _drawn(lines)) != (due := _due(turn)):
                return f"{self._about}: the lines are {drawn} instead of {due}"
        return self._absent(till, wanted) or self._wrong_bells(till)

    def _absent(self, till: PtyTill, texts: Sequence[str]) -> str:
        screen = "\n".join(till.lines)
        return next((f"{self._about}: {text!r} is not shown" for text in texts if text not in screen), "")

    def _wrong_bells(self, till: PtyTill) -> str:
        return "" if till.bells == self.rings else f"{self._about}: rang {till.bells} times instead of {self.rings}"

    @property
    def _about(self) -> str:
        return f"{self.doing} ({self.turn.booklet if self.turn else 'nobody at the counter'})"


def _drawn(lines: Sequence[str]) -> list[tuple[bool, str, int, str]]:
    """The basket's lines on the screen: marked or not, name, quantity, amount."""
    found = [match for line in lines[4:21] if (match := _LINE.match(line))]
    return [(m[1] == "▸", m[2], int(m[3]), m[4]) for m in found]


def _due(turn: Turn) -> list[tuple[bool, str, int, str]]:
    return [
        (code == turn.marked, NAMES[code], quantity, _hundredths(quantity * PRICES[code]))
        for code, quantity in turn.goods.items()
    ]


def _hundredths(amount: int) -> str:
    return f"{'-' if amount < 0 else ''}{abs(amount) // 100}.{abs(amount) % 100:02}"
