"""Where the books may not be: on a network drive, in a folder that cannot be written, in a newer program's file."""

from pathlib import Path

from lizhi_pos.refusal import Message, message


def network_trouble(url: str) -> Message | None:
    """Return why books may not lie on a network drive, None where they do not, or the address says that it is wanted.

    Nothing is asked of the drive: one that hangs would keep whoever asks.
    """
    from sqlalchemy import make_url

    from lizhi_pos.engines import NETWORK, sqlite_path
    from lizhi_pos.network_drive import network_kind

    path = sqlite_path(url)
    if path is None or make_url(url).query.get(NETWORK) == "yes" or (kind := network_kind(path)) is None:
        return None
    return message(
        "{0} lies on a network drive ({1}), where books get damaged: keep them on a disk of this machine, or "
        "several tills on one PostgreSQL; to do it all the same: --db {2}",
        str(path),
        kind,
        f"sqlite:///{make_url(url).database}?{NETWORK}=yes",
    )


def place_trouble(url: str) -> Message | None:
    """Return why books cannot be written where they are, None where they can.

    Raise NewerDatabase for a newer program's. Nothing is touched.
    """
    from lizhi_pos.engines import sqlite_path

    path = sqlite_path(url)
    if path is None or str(path).startswith((":memory:", "file:")):
        return None
    if (trouble := _unwritable(path)) is None:
        _raise_for_newer(path)
    return trouble


def _unwritable(path: Path) -> Message | None:
    from lizhi_pos.file_writing import unwritable

    for place in (path.parent, path):
        if place.exists() and (why := unwritable(place)):
            return message(
                "{0} cannot be written ({1}): give this user the right to it, or keep the books in another folder",
                str(place),
                why,
            )
    return None


def _raise_for_newer(path: Path) -> None:
    from lizhi_pos.database_file import revision_of
    from lizhi_pos.migrations import HEAD
    from lizhi_pos.upgrade import NewerDatabase

    # before anything is set up: opening a file for writing would bring what its log holds into it
    if (revision := revision_of(path)) is not None and revision > HEAD:
        raise NewerDatabase(revision)
