"""Where workbooks are likely to lie: on a stick, among what was downloaded, on the desktop; the newest first."""

import os
import re
import time
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from urllib.parse import unquote, urlsplit

from msgspec import Struct

from lizhi_pos.periods import Month

ENDINGS = (".xlsx", ".ods", ".xls", ".csv")
MOST_FILES = 60
"""Files that are proposed: more are not looked through."""
_MOST_ENTRIES = 3000
"""Entries of one folder that are looked at: a folder with more is no place for a village's workbooks."""
_AT_HOME = ("Downloads", "下载", "Desktop", "桌面", "Documents", "文档", "")
_STICKS = ("/media", "/run/media", "/mnt", "/Volumes")
_DRIVES = "DEFGHIJ"
_OF_A_MONTH = "月结"


class FoundFile(Struct, frozen=True):
    """A file with when it was last written, in seconds."""

    path: Path
    written: float

    @property
    def when(self) -> str:
        """The day and minute it was written, as this machine's clock shows it."""
        return time.strftime("%Y-%m-%d %H:%M", time.localtime(self.written))


def likely_folders(home: Path, sticks: Iterable[Path] | None = None) -> list[Path]:
    """Return the folders that files are proposed from: what is plugged in with its folders, then those at home."""
    found = [folder for stick in (_plugged_in() if sticks is None else sticks) for folder in (stick, *_within(stick))]
    return [*found, *(folder for name in _AT_HOME if (folder := home / name).is_dir())]


def sticks() -> list[Path]:
    """Return what is plugged in and can be written to."""
    return [stick for stick in _plugged_in() if os.access(stick, os.W_OK)]


def newest_files(folders: Iterable[Path], most: int = MOST_FILES) -> list[FoundFile]:
    """Return the workbooks that lie in folders, the newest first; what cannot be read is left out."""
    found: dict[str, FoundFile] = {}
    for folder in folders:
        for entry in _entries(folder):
            if not _is_workbook(entry.name):
                continue
            try:
                if entry.is_file():
                    found.setdefault(os.path.realpath(entry.path), FoundFile(Path(entry.path), entry.stat().st_mtime))
            except OSError:
                continue
    return sorted(found.values(), key=lambda file: (-file.written, file.path.name))[:most]


def papers_folder(last: Path | None, month: Month) -> Path:
    """Return the folder that a month's papers are proposed for: where they went last, else one on a stick or at home.

    >>> papers_folder(Path("表/2024-03月结"), Month(2024, 4)).as_posix()
    '表/2024-04月结'
    """
    if last is None:
        return next(iter(likely_folders(Path.home())), Path.home()) / f"{month}{_OF_A_MONTH}"
    return last.with_name(f"{month}{_OF_A_MONTH}") if last.name.endswith(_OF_A_MONTH) else last


def path_typed(typed: str) -> Path | None:
    """Return the file or folder that was typed, pasted or dragged here; None for what is no path.

    A terminal wraps what is dragged into it in quotes, sets a backslash before blanks, or gives an address.
    """
    text = typed.strip()
    if text[:1] in ("'", '"') and text[-1:] == text[:1] and len(text) > 1:
        text = text[1:-1]
    elif text.startswith("file://"):
        text = unquote(urlsplit(text).path)
    elif os.sep == "/" and "\\" in text and not Path(text).exists():
        text = re.sub(r"\\(.)", r"\1", text)
    looks_like_one = text.startswith(("~", ".", "/", "\\")) or os.sep in text or text[1:2] == ":"
    if not looks_like_one and not text.lower().endswith(ENDINGS):
        return None
    try:
        return Path(text).expanduser()
    except (RuntimeError, ValueError):
        return None


def numbers_typed(typed: str, count: int) -> Sequence[int] | None:
    """Return the rows, from 0, that ``1 3 5`` or ``1-4`` means, each once; None where it means none or too many.

    >>> numbers_typed("1-3, 5", 5)
    (0, 1, 2, 4)
    """
    found: list[int] = []
    for part in re.split(r"[\s,，、;；]+", typed.strip()):
        match = re.fullmatch(r"(\d{1,3})(?:[-–~～](\d{1,3}))?", part)
        if match is None:
            return None
        first, last = int(match[1]), int(match[2] or match[1])
        if not 1 <= first <= last <= count:
            return None
        found += range(first - 1, last)
    return tuple(dict.fromkeys(found)) or None


def short(path: Path, home: Path) -> str:
    """Return a path as people write it, from their home."""
    return str(Path("~") / path.relative_to(home)) if path.is_relative_to(home) else str(path)


def _plugged_in() -> list[Path]:
    if os.name == "nt":
        return [drive for letter in _DRIVES if (drive := Path(f"{letter}:\\")).exists()]
    mounted = [Path(entry.path) for root in _STICKS for entry in _entries(Path(root)) if _is_folder(entry)]
    # a stick stands below its user's name on one system and not on another
    return [folder for one in mounted for folder in (one, *_within(one))]


def _within(folder: Path) -> list[Path]:
    return [Path(entry.path) for entry in _entries(folder) if _is_folder(entry) and not entry.name.startswith(".")]


def _is_folder(entry: "os.DirEntry[str]") -> bool:
    try:
        return entry.is_dir()
    except OSError:
        return False


def _is_workbook(name: str) -> bool:
    # a spreadsheet program keeps these beside a file that is open
    return name.lower().endswith(ENDINGS) and not name.startswith((".", "~$"))


def _entries(folder: Path) -> Iterator["os.DirEntry[str]"]:
    try:
        with os.scandir(folder) as entries:
            for number, entry in enumerate(entries):
                if number == _MOST_ENTRIES:
                    return
                yield entry
    except OSError:
        return
