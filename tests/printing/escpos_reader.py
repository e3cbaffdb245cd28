"""An ESC/POS reader that shares nothing with the program: what a printer would make of the bytes it gets."""

from collections.abc import Iterator
from dataclasses import dataclass, field

_LENGTHS = {
    b"\x1b@": 2,
    b"\x1ba": 3,
    b"\x1bE": 3,
    b"\x1bd": 3,
    b"\x1c&": 2,
    b"\x1c!": 3,
    b"\x1d!": 3,
    b"\x1dV": 4,
    b"\x1dr": 3,
    b"\x1dh": 3,
    b"\x1dw": 3,
    b"\x1dH": 3,
    b"\x10\x04": 3,
}


@dataclass
class Token:
    name: str
    data: bytes = b""


class Tokenizer:
    """Cuts a stream into commands, line ends and runs of text, however the network chops it up."""

    def __init__(self) -> None:
        self.rest = b""

    def feed(self, data: bytes) -> Iterator[Token]:
        self.rest += data
        while self.rest and (taken := self._one()):
            size, token = taken
            self.rest = self.rest[size:]
            yield token

    def _one(self) -> tuple[int, Token] | None:
        head = self.rest[:2]
        if head[:1] == b"\n":
            return 1, Token("LF")
        if head[:1] not in (b"\x1b", b"\x1c", b"\x1d", b"\x10"):
            end = next((i for i, b in enumerate(self.rest) if b in b"\n\x1b\x1c\x1d\x10"), len(self.rest))
            return end, Token("text", self.rest[:end])
        if len(head) < 2:
            return None
        size = _LENGTHS.get(head) or self._long(head)
        if size is None or len(self.rest) < size:
            return None
        return size, Token(head.hex(), self.rest[2:size])

    def _long(self, head: bytes) -> int | None:
        if head == b"\x1dv":
            if len(self.rest) < 8:
                return None
            return 8 + int.from_bytes(self.rest[4:6], "little") * int.from_bytes(self.rest[6:8], "little")
        if head == b"\x1d(":
            return None if len(self.rest) < 5 else 5 + int.from_bytes(self.rest[3:5], "little")
        if head == b"\x1dk":
            return None if len(self.rest) < 4 else 4 + self.rest[3]
        raise AssertionError(f"a printer would not know {head!r}")


@dataclass
class Picture:
    width: int
    height: int
    rows: list[bytes]

    @property
    def ink(self) -> int:
        return sum(byte.bit_count() for row in self.rows for byte in row)


@dataclass
class PrintedLine:
    text: str
    align: int = 0
    bold: bool = False
    latin_size: int = 0
    hanzi_size: int = 0


@dataclass
class Paper:
    """What stands on one paper: lines of text and pictures, top down; barcodes and QR codes as their data."""

    parts: list[PrintedLine | Picture | str] = field(default_factory=list)
    cuts: int = 0
    fed: int = 0
    hanzi_mode: bool = False

    @property
    def lines(self) -> list[str]:
        return [part.text for part in self.parts if isinstance(part, PrintedLine)]

    @property
    def pictures(self) -> list[Picture]:
        return [part for part in self.parts if isinstance(part, Picture)]

    def line(self, text: str) -> PrintedLine:
        return next(p for p in self.parts if isinstance(p, PrintedLine) and p.text == text)


def read(data: bytes) -> Paper:
    """One job's bytes as a paper; AssertionError for anything a printer would stumble over."""
    tokenizer, paper, now, pending = Tokenizer(), Paper(), PrintedLine(""), b""
    for token in tokenizer.feed(data):
        match token.name:
            case "text":
                assert all(b >= 0x20 for b in token.data), token.data
                pending += token.data
            case "LF":
                paper.parts.append(
                    PrintedLine(pending.decode("gbk"), now.align, now.bold, now.latin_size, now.hanzi_size)
                )
                pending = b""
            case "1d76":
                assert not pending, "a picture in the middle of a line"
                paper.parts.append(_picture(token.data))
            case name:
                _apply(name, token.data, paper, now)
    assert not tokenizer.rest, tokenizer.rest
    assert not pending, pending
    return paper


def _apply(name: str, data: bytes, paper: Paper, now: PrintedLine) -> None:
    match name:
        case "1b40":
            now.align, now.bold, now.latin_size, now.hanzi_size = 0, False, 0, 0
        case "1c26":
            paper.hanzi_mode = True
        case "1b61":
            now.align = data[0]
        case "1b45":
            now.bold = bool(data[0])
        case "1b64":
            paper.fed += data[0]
        case "1d21":
            now.latin_size = data[0]
        case "1c21":
            now.hanzi_size = data[0]
        case "1d56":
            paper.cuts += 1
        case "1d6b":
            paper.parts.append(data[2:].decode("ascii"))
        case "1d28":
            if data[3:5] == b"1P":
                paper.parts.append(data[6:].decode("ascii"))
        case "1d68" | "1d77" | "1d48":
            pass
        case _:
            raise AssertionError(f"unexpected command {name}")


def _picture(data: bytes) -> Picture:
    across, height = int.from_bytes(data[2:4], "little"), int.from_bytes(data[4:6], "little")
    dots = data[6:]
    assert len(dots) == across * height
    return Picture(across * 8, height, [dots[i * across : (i + 1) * across] for i in range(height)])
