"""A shop whose till dies at a step and is started again, and what its books hold in between."""

import time
from collections.abc import Mapping
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from pty_till import PtyTill
from sqlalchemy import Engine, text

from lizhi_pos.checkout.open_baskets import OpenBasket, held, on_counter
from lizhi_pos.db import reading
from lizhi_pos.settlement.verification import verify
from towns.till import CLERK, CLERK_PIN, SALT, VINEGAR, Villages, build_town

PROGRAM = (str(Path(__file__).with_name("mortal_till.py")),)
BOOKLET, OTHER = "GZ0012", "GZ0013"
VILLAGES: Villages = {"古镇社区": ((BOOKLET, "示例甲", 900, 9000), (OTHER, "示例乙", 900, 9000))}
GOODS = {SALT: 2, VINEGAR: 1}
"""What is sold each time."""
TIMES = 10
"""How often the soak ends the till at each step."""
AS_IT_WAS = "This basket is as it was when the till stopped"


def build_mortal_town(engine: Engine) -> None:
    """A town whose two households never run out of points, nor the shelf of goods."""
    build_town(engine, villages=VILLAGES, vetoed=(), each=100_000)


class Mortal:
    """One till after the other on the same books."""

    def __init__(self, engine: Engine, database: Path) -> None:
        self.engine = engine
        self._database = database
        self._plan, self._steps = database.with_name("plan"), database.with_name("steps")
        self.sold = 0
        self.died_through: list[str] = []
        """The steps that the act made which ended the last till."""
        self.till = self._start()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: type[BaseException] | BaseException | TracebackType | None) -> None:
        self.till.__exit__()

    def dies_at(self, act: str, step: str) -> None:
        """The next act of this name ends the till at this step."""
        self._plan.write_text(f"{act}\n{step}")

    def died(self) -> None:
        """Waits until the till is gone, and starts another."""
        assert self.till.process.wait(20) == -9
        self.died_through = self.last_steps()
        self._plan.unlink(missing_ok=True)
        self.till.__exit__()
        self.till = self._start()

    def last_steps(self) -> list[str]:
        """The steps of the act that was done last, in order."""
        act, *_ = self._steps.read_text().splitlines()[-1].split(" ")
        steps: list[str] = []
        for line in reversed(self._steps.read_text().splitlines()):
            name, _, step = line.partition(" ")
            if name == act:
                steps.insert(0, step)
                if step == "statement 1":
                    break
        return steps

    def shows(self, *texts: str) -> None:
        """Waits until all of these stand on the screen."""

        def missing(till: PtyTill) -> str:
            screen = "\n".join(till.lines)
            return next((f"{one!r} is not shown" for one in texts if one not in screen), "")

        self.till.until(missing)

    def scan(self, booklet: str = BOOKLET) -> None:
        """A household and its goods, in one burst, kept on the disk to the last line."""
        self.till.send(f"{booklet}\r{SALT}\r2*{VINEGAR}\r-{SALT}\r")
        self.shows(booklet, f"Basket, {sum(GOODS.values())} pieces", "11.00")
        self.settled()

    def settled(self, goods: Mapping[str, int] = GOODS) -> None:
        """Waits until the books have kept that these goods lie on the counter."""
        end = time.monotonic() + 20
        while (kept := self.basket()) is None or {w.code: w.quantity for w in kept.wanted} != goods:
            assert time.monotonic() < end, f"kept is only {kept}"
            time.sleep(0.005)

    def enter(self) -> None:
        """Enter by a person."""
        time.sleep(0.09)
        self.till.send("\r")

    def done(self) -> None:
        """The one Enter that finishes the sale, and the books that hold it once."""
        self.enter()
        self.sold += 1
        self.shows("Done: receipt", f"-{self.sold:06}")
        self.holds()

    def holds(self) -> None:
        """The books hold what was sold and not one sale more, and of the last one exactly the goods."""
        with self.engine.connect() as connection:
            receipts = [
                number for (number,) in connection.execute(text("SELECT number FROM redemption ORDER BY number"))
            ]
            goods = {code: quantity for code, quantity in connection.execute(text(_LAST))}
        assert receipts == list(range(1, self.sold + 1))
        assert not receipts or goods == GOODS

    def basket(self) -> OpenBasket | None:
        """What lies on the counter by the books."""
        with reading(self.engine) as tx:
            return on_counter(tx, "1")

    def held(self) -> list[OpenBasket]:
        """The held baskets by the books."""
        with reading(self.engine) as tx:
            return held(tx)

    def proven(self) -> None:
        """Nothing is left over, and the proof holds."""
        assert self.basket() is None
        assert self.held() == []
        with reading(self.engine) as tx:
            assert verify(tx).ok

    def _start(self) -> PtyTill:
        files: dict[str, Any] = {"MORTAL_PLAN": str(self._plan), "MORTAL_STEPS": str(self._steps)}
        till = PtyTill(self._database, program=PROGRAM, LIZHI_OPERATOR=CLERK, LIZHI_PIN=CLERK_PIN, **files)
        till.until(lambda till: "" if any("F2 hold" in x for x in till.lines) and _open(till) else "not open yet")
        return till


def _open(till: PtyTill) -> bool:
    return any("Next household" in line or "may redeem" in line for line in till.lines)


_LAST = """
SELECT p.code, l.quantity FROM redemption_line l JOIN product p USING (town_id, product_id)
WHERE l.redemption_id = (SELECT redemption_id FROM redemption ORDER BY number DESC LIMIT 1)
"""
