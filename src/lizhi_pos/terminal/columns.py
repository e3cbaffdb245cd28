"""Text in columns of a terminal, where a Chinese character is two wide."""

from rich.cells import cell_len, set_cell_size


def left(text: str, width: int) -> str:
    """Return the text at the left of a column of this width, cut with … where it is longer."""
    if width < 1:
        return ""
    if cell_len(text) > width:
        return set_cell_size(set_cell_size(text, width - 1).rstrip() + "…", width)
    return set_cell_size(text, width)


def right(text: str, width: int) -> str:
    """Return the text at the right of a column of this width; one that is longer is not cut."""
    return " " * (width - cell_len(text)) + text


def wrapped(text: str, width: int) -> list[str]:
    """Return the text in lines of at most this width: broken at blanks where it has some, else anywhere."""
    lines, line = [], ""
    for word in _pieces(text):
        if line and cell_len(line) + cell_len(word.rstrip()) > width:
            lines.append(line.rstrip())
            line = ""
        line += word if line else word.lstrip()
    return [*lines, line.rstrip()]


def _pieces(text: str) -> list[str]:
    """Return the parts between which a line may break: after a blank, and after every wide sign."""
    pieces: list[str] = []
    piece = ""
    for sign in text:
        piece += sign
        if sign == " " or cell_len(sign) == 2:
            pieces.append(piece)
            piece = ""
    return [*pieces, piece] if piece else pieces
