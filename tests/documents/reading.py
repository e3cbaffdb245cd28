"""Papers read back: the text of their pages, and everything that stands in their bytes."""

import io
import re
import struct
import zipfile
import zlib
from collections.abc import Iterator

import pypdfium2


def pages(pdf: bytes) -> list[str]:
    """Return the text of each page."""
    with pypdfium2.PdfDocument(pdf) as document:
        return [page.get_textpage().get_text_range().replace("\r\n", "\n") for page in document]


def text(pdf: bytes) -> str:
    return "\n".join(pages(pdf))


def chunks(png: bytes) -> list[tuple[str, bytes]]:
    """Return the parts of a picture, each with its kind."""
    found, at = [], 8
    while at < len(png):
        (length,) = struct.unpack(">I", png[at : at + 4])
        found.append((png[at + 4 : at + 8].decode("ascii"), png[at + 8 : at + 8 + length]))
        at += length + 12
    return found


def size(png: bytes) -> tuple[int, int]:
    """Return a picture's width and height."""
    width, height = struct.unpack(">II", chunks(png)[0][1][:8])
    return width, height


def everything_in(name: str, content: bytes) -> Iterator[bytes]:
    """Yield a file's bytes, what is packed in it, and its texts: all in which a name could stand."""
    yield content
    if name.endswith(".pdf"):
        yield text(content).encode()
        for stream in re.findall(rb"stream\r?\n(.*?)\r?\nendstream", content, re.DOTALL):
            try:
                yield zlib.decompress(stream)
            except zlib.error:
                continue
        with pypdfium2.PdfDocument(content) as document:
            yield repr(document.get_metadata_dict()).encode()
    elif name.endswith(".png"):
        yield from (data for kind, data in chunks(content) if kind != "IDAT")
    elif name.endswith(".xlsx"):
        with zipfile.ZipFile(io.BytesIO(content)) as parts:
            for part in parts.namelist():
                yield parts.read(part)
