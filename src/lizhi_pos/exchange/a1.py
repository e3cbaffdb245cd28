"""How spreadsheets name cells: letters for the column, a number from 1 for the row."""

from functools import cache


@cache
def column_letters(index: int) -> str:
    """Return the letters of the column at `index`, counted from 0: ``A``, ``Z``, ``AA``."""
    letters, left = "", index + 1
    while left:
        left, letter = divmod(left - 1, 26)
        letters = chr(65 + letter) + letters
    return letters


@cache
def column_index(letters: str) -> int:
    """Return the index from 0 of the column with these letters; raise ValueError where they are none."""
    index = 0
    for letter in letters.upper():
        if not "A" <= letter <= "Z":
            raise ValueError(letters)
        index = index * 26 + ord(letter) - 64
    return index - 1


def cell_name(row: int, column: int) -> str:
    """Return the name of the cell at these indexes, both from 0: ``(4, 1)`` is ``B5``."""
    return f"{column_letters(column)}{row + 1}"


def cell_place(name: str) -> tuple[int, int]:
    """Return the indexes from 0 of a cell's row and column: ``B5`` is ``(4, 1)``; raise ValueError for no cell."""
    letters = name.rstrip("0123456789")
    return int(name[len(letters) :]) - 1, column_index(letters)
