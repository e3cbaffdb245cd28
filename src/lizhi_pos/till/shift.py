"""Who is at this till: kept here alone, and read when an act runs, not when its screen was opened."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from lizhi_pos.access.operators import Operator


class Shift:
    """One till's operator, another one after each sign-in."""

    def __init__(self, till: str) -> None:
        self.till = till
        self._operator: Operator | None = None

    @property
    def operator(self) -> "Operator":
        """Who acts now; raises where nobody is signed in."""
        if self._operator is None:
            raise RuntimeError("nobody is signed in")
        return self._operator

    @property
    def name(self) -> str:
        """Who acts now, empty for nobody."""
        return self._operator.name if self._operator else ""

    def begin(self, operator: "Operator") -> None:
        """Somebody signed in."""
        self._operator = operator

    def end(self) -> None:
        """Nobody is signed in any more."""
        self._operator = None
