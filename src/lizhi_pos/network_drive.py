"""Whether a file lies on a drive of the network, where SQLite's locks cannot be relied on and books are lost."""

import os
import re
import sys
from collections.abc import Iterable
from pathlib import Path

NETWORK_KINDS = frozenset(
    {
        *("9p", "afs", "beegfs", "ceph", "cifs", "coda", "davfs", "gfs", "gfs2", "glusterfs", "gpfs", "lustre"),
        *("ncpfs", "nfs", "nfs4", "ocfs2", "prl_fs", "smb2", "smb3", "smbfs", "vboxsf", "virtiofs", "vmhgfs", "webdav"),
    }
)
"""The names of file systems that another machine keeps, as Linux and macOS call them."""

_THROUGH_FUSE = frozenset(
    {"ceph", "cifs", "davfs", "davfs2", "glusterfs", "httpfs", "mountpoint-s3", "nfs", "rclone", "s3fs", "smbnetfs"}
    | {"smb", "sshfs", "vmhgfs-fuse", "webdav", "gvfsd-fuse", "goofys", "juicefs", "onedriver"}
)
"""What of FUSE goes over a network; a stick's own file system may be of it too."""

_ESCAPED = re.compile(r"\\([0-7]{3})")
_MOUNTS = "/proc/self/mounts"
_DRIVE_REMOTE = 4


def network_kind(path: Path) -> str | None:
    """Return what kind of network drive a file lies on, or would lie on; None for a disk of this machine.

    Nothing is asked of the drive itself: one that hangs is known all the same.
    """
    if sys.platform == "win32":
        return _on_windows(path)
    try:
        with open(_MOUNTS, encoding="utf-8", errors="surrogateescape") as mounts:
            kind = kind_of_mount(mounts, os.path.abspath(path))
    except OSError:  # a system that keeps no such list
        return None
    return kind if is_network(kind) else None


def is_network(kind: str) -> bool:
    """Return whether a file system is one that another machine keeps.

    >>> [kind for kind in ("ext4", "cifs", "fuse.sshfs", "fuse.ntfs-3g", "fuseblk") if is_network(kind)]
    ['cifs', 'fuse.sshfs']
    """
    kind = kind.lower()
    return kind in NETWORK_KINDS or (kind.startswith("fuse.") and kind[len("fuse.") :] in _THROUGH_FUSE)


def kind_of_mount(mounts: Iterable[str], path: str) -> str:
    """Return the file system that a path lies on, of a system's list of them, the last of those at the deepest place.

    >>> kind_of_mount(["/dev/sda1 / ext4 rw 0 0", "//shop/books /mnt/a\\\\040b cifs rw 0 0"], "/mnt/a b/town.db")
    'cifs'
    """
    deepest, kind = "", ""
    for line in mounts:
        fields = line.split(" ")
        if len(fields) < 3:
            continue
        place = _ESCAPED.sub(lambda found: chr(int(found[1], 8)), fields[1])
        inside = place == "/" or path == place or path.startswith(f"{place.rstrip('/')}/")
        if inside and len(place) >= len(deepest):
            deepest, kind = place, fields[2]
    return kind


def _on_windows(path: Path) -> str | None:
    import ctypes

    drive = os.path.splitdrive(os.path.abspath(path))[0]
    if is_share(drive):
        return drive
    # a letter may stand for a share
    asked: int = ctypes.windll.kernel32.GetDriveTypeW(f"{drive}\\")  # type: ignore[attr-defined, unused-ignore]
    return drive if asked == _DRIVE_REMOTE else None


def is_share(drive: str) -> bool:
    r"""Return whether the first part of a Windows path names another machine's folder.

    >>> [drive for drive in ("C:", r"\\shop\a", r"\\?\C:", r"\\?\UNC\shop\a", "//shop/a") if is_share(drive)]
    ['\\\\shop\\a', '\\\\?\\UNC\\shop\\a', '//shop/a']
    """
    plain = drive.replace("/", "\\")
    if plain.upper().startswith(("\\\\?\\UNC\\", "\\\\.\\UNC\\")):
        return True
    return plain.startswith("\\\\") and not plain.startswith(("\\\\?\\", "\\\\.\\"))
