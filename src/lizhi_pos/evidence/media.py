"""What a file is by its first bytes, whatever its name says: pictures as cameras and phones make them, and PDF."""

from collections.abc import Callable, Mapping
from types import MappingProxyType

MOST_BYTES = 10 * 1024 * 1024
"""The largest picture or paper that is kept."""

_HEIC_BRANDS = frozenset((b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"mif1", b"msf1"))
_BITMAP_HEADERS = frozenset((12, 40, 52, 56, 64, 108, 124))
_HEADER = 1024
"""A PDF's own mark stands within so many bytes."""


def _is_bitmap(content: bytes) -> bool:
    # two letters alone would take many a text for a picture
    return content[:2] == b"BM" and int.from_bytes(content[14:18], "little") in _BITMAP_HEADERS


def _is_heic(content: bytes) -> bool:
    return content[4:8] == b"ftyp" and content[8:12] in _HEIC_BRANDS


_TOLD_BY: Mapping[str, Callable[[bytes], bool]] = MappingProxyType(
    {
        "image/jpeg": lambda content: content.startswith(b"\xff\xd8\xff"),
        "image/png": lambda content: content.startswith(b"\x89PNG\r\n\x1a\n"),
        "image/gif": lambda content: content.startswith((b"GIF87a", b"GIF89a")),
        "image/webp": lambda content: content[:4] == b"RIFF" and content[8:12] == b"WEBP",
        "image/bmp": _is_bitmap,
        "image/heic": _is_heic,
        "application/pdf": lambda content: content[:_HEADER].lstrip(b"\xef\xbb\xbf\x00\t\n\r ").startswith(b"%PDF-"),
    }
)

ENDINGS: Mapping[str, str] = MappingProxyType(
    {
        "image/jpeg": ".jpg",
        "image/png": ".png",
        "image/gif": ".gif",
        "image/webp": ".webp",
        "image/bmp": ".bmp",
        "image/heic": ".heic",
        "application/pdf": ".pdf",
    }
)
"""How a file of each kind is named at its end."""


def media_of(content: bytes) -> str | None:
    """Return what a file's content is, None for what is neither a picture nor a PDF. Pure.

    >>> media_of(b"%PDF-1.7")
    'application/pdf'
    """
    return next((media for media, is_one in _TOLD_BY.items() if is_one(content)), None)
