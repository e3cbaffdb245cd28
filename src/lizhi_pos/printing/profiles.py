"""Printer models: what each one's paper is like and which commands it understands. One TOML file a model."""

import tomllib
from importlib.resources import files
from pathlib import Path
from typing import Annotated, Literal

import msgspec
from msgspec import Meta, Struct

from lizhi_pos.printqueue.printers import DISPLAY_PREFIX
from lizhi_pos.refusal import Refusal, refuse

_DOTS_PER_COLUMN = 12


class Profile(Struct, frozen=True, forbid_unknown_fields=True):
    """A printer model.

    `width_dots` is what the head can print and `columns` how many half-width characters stand in a line;
    `size_command` names the commands that enlarge hanzi (GS ! , FS ! or both); `status` says whether the
    model answers when asked for its state, so that an answer after the cut proves the print, and `process_id`
    whether that answer can carry the job's own name (GS ( H); `feed` is the number of lines that bring the last
    one out of the case; `drawer` says whether a drawer can be plugged in.
    `verified` is true only for a model that somebody has printed the test page on.
    """

    name: str
    width_dots: int
    columns: int
    codec: Literal["gbk"]
    size_command: Literal["GS", "FS", "both"]
    cutter: bool
    drawer: bool
    qr: Literal["raster", "native"]
    barcode: Literal["raster", "native"]
    status: bool
    feed: int
    verified: bool
    note: str
    process_id: bool = False


class DisplayProfile(Struct, frozen=True, forbid_unknown_fields=True):
    """A model of the LED display that faces the household.

    It shows a number of `digits` digits, at `baud` where its address says nothing else; the lamps are the signs after
    ESC s that light 合计, and what is left.
    """

    name: str
    digits: Annotated[int, Meta(ge=4, le=20)]
    baud: Annotated[int, Meta(ge=300, le=115200)]
    total_lamp: Annotated[str, Meta(pattern="^[0-9]$")]
    left_lamp: Annotated[str, Meta(pattern="^[0-9]$")]
    verified: bool
    note: str


def profile_names() -> list[str]:
    """Return the printers' profiles there are, by the stem of their file."""
    return sorted(stem for stem in _stems() if not stem.startswith(DISPLAY_PREFIX))


def load_profile(stem: str) -> Profile | Refusal:
    """Return the profile of that name; refuse an unknown name and a file with a wrong key or value."""
    if stem not in profile_names():
        return refuse("not_found", "no printer profile {0}; there are: {1}", stem, ", ".join(profile_names()))
    return read_profile(_folder() / f"{stem}.toml")


def read_profile(path: Path) -> Profile | Refusal:
    """Return the profile in one file; refuse what is no TOML, an unknown or missing key, a wrong type or width."""
    try:
        profile = msgspec.convert(tomllib.loads(path.read_text("utf-8")), Profile)
    except (ValueError, RecursionError, msgspec.ValidationError) as error:
        return refuse("rule_broken", "printer profile {0}: {1}", path.name, str(error))
    if profile.width_dots % 8 or not 0 < profile.columns * _DOTS_PER_COLUMN <= profile.width_dots:
        return refuse(
            "rule_broken",
            "printer profile {0}: {1} columns do not fit {2} dots",
            path.name,
            profile.columns,
            profile.width_dots,
        )
    return profile


def display_profile_names() -> list[str]:
    """Return the displays' profiles there are, by the stem of their file."""
    return sorted(stem for stem in _stems() if stem.startswith(DISPLAY_PREFIX))


def load_display_profile(stem: str) -> DisplayProfile | Refusal:
    """Return the display's profile of that name; refuse an unknown name and a file with a wrong key or value."""
    if stem not in display_profile_names():
        names = ", ".join(display_profile_names())
        return refuse("not_found", "no printer profile {0}; there are: {1}", stem, names)
    path = _folder() / f"{stem}.toml"
    try:
        return msgspec.convert(tomllib.loads(path.read_text("utf-8")), DisplayProfile)
    except (ValueError, RecursionError, msgspec.ValidationError) as error:
        return refuse("rule_broken", "printer profile {0}: {1}", path.name, str(error))


def _stems() -> list[str]:
    return [path.stem for path in _folder().glob("*.toml")]


def _folder() -> Path:
    package = Path(str(files("lizhi_pos")))
    shipped = package / "printer_profiles"
    return shipped if shipped.is_dir() else package.parents[1] / "printer_profiles"
