"""Where the books may not be: on a network drive, in a folder that cannot be written, in a newer program's file."""

from pathlib import Path

from lizhi_pos.cli.environment import MachineFailed
from lizhi_pos.refusal import message


def refuse_network(url: str, path: Path) -> None:
    """Raise MachineFailed for books on a network drive, unless their address says that this is wanted."""
    from sqlalchemy import make_url

    from lizhi_pos.engines import NETWORK
    from lizhi_pos.network_drive import network_kind

    if make_url(url).query.get(NETWORK) == "yes":
        return
    if (kind := network_kind(path)) is not None:
        raise MachineFailed(
            message(
                "{0} lies on a network drive ({1}), where books get damaged: keep them on a disk of this machine, or "
                "several tills on one PostgreSQL; to do it all the same: --db {2}",
                str(path),
                kind,
                f"sqlite:///{make_url(url).database}?{NETWORK}=yes",
            )
        )


def refuse_place(url: str) -> None:
    """Raise MachineFailed where books cannot be written, NewerDatabase for a newer program's; neither is touched."""
    from lizhi_pos.engines import sqlite_path

    path = sqlite_path(url)
    if path is None or str(path).startswith((":memory:", "file:")):
        return
    refuse_folder(path)
    _refuse_newer(path)


def make_folder(path: Path) -> None:
    """Make the folder for new books. Raise MachineFailed where that cannot be done."""
    from lizhi_pos.file_writing import problem

    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as error:
        raise MachineFailed(message("Nothing was written: {0}", problem(error, path))) from error


def refuse_folder(path: Path) -> None:
    """Raise MachineFailed for a folder or a file in which nothing can be written."""
    from lizhi_pos.maintenance.machine_checks import unwritable

    for place in (path.parent, path):
        if place.exists() and (why := unwritable(place)):
            raise MachineFailed(
                message(
                    "{0} cannot be written ({1}): give this user the right to it, or keep the books in another folder",
                    str(place),
                    why,
                )
            )


def _refuse_newer(path: Path) -> None:
    from lizhi_pos.database_file import revision_of
    from lizhi_pos.migrations import HEAD
    from lizhi_pos.upgrade import NewerDatabase

    # before anything is set up: opening a file for writing would bring what its log holds into it
    if (revision := revision_of(path)) is not None and revision > HEAD:
        raise NewerDatabase(revision)
