"""Make one folder that installs the program where there is no network: `make bundle PLATFORM=win_amd64 PYTHON=3.11`.

Every wheel that the program needs on that platform, its own, what installs them, a page, and the sums of all files.
What a package needs is read from the wheels themselves with the markers of the platform that they are for: pip would
take those of the machine that it runs on.
"""

import argparse
import hashlib
import shutil
import subprocess
import sys
import tomllib
from collections.abc import Iterable, Iterator, Mapping
from email.parser import Parser
from pathlib import Path
from zipfile import ZipFile

from packaging.requirements import Requirement
from packaging.utils import NormalizedName, canonicalize_name
from packaging.version import Version

ROOT = Path(__file__).parent.parent
STICK = Path(__file__).parent / "stick"
PYTHONS = ("3.11", "3.12", "3.13")
PLATFORMS: Mapping[str, tuple[str, ...]] = {
    "win_amd64": ("win_amd64",),
    "manylinux_x86_64": tuple(
        f"manylinux{kind}_x86_64" for kind in ("_2_28", "_2_24", "_2_17", "2014", "_2_12", "2010", "_2_5", "1")
    ),
}
"""The tags that wheels for a platform may have."""

SUMS = "SHA256SUMS"


def main() -> None:
    """Make the folder that was asked for."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("platform", choices=PLATFORMS)
    parser.add_argument("--python", choices=PYTHONS, default=PYTHONS[0])
    parser.add_argument("--to", type=Path, help="the folder, dist/bundle-PLATFORM-PYTHON if not given")
    args = parser.parse_args()
    print(bundle(args.platform, args.python, args.to or ROOT / "dist" / f"bundle-{args.platform}-{args.python}"))


def bundle(platform: str, python: str, folder: Path) -> Path:
    """Make the folder anew and return it."""
    shutil.rmtree(folder, ignore_errors=True)
    wheels = folder / "wheels"
    wheels.mkdir(parents=True)
    _pip("wheel", "--quiet", "--no-deps", "--wheel-dir", str(wheels), str(ROOT))
    download(requirements(), wheels, platform, python)
    for file in STICK.iterdir():
        if file.is_file() and (file.suffix != ".cmd" or platform.startswith("win")):
            # as Windows reads them: lines of a .cmd and of a page end in CR LF there
            content = file.read_bytes()
            if platform.startswith("win") and file.suffix in (".cmd", ".txt"):
                content = content.replace(b"\n", b"\r\n")
            (folder / file.name).write_bytes(content)
    (folder / "install.sh").chmod(0o755)
    (folder / "python-version.txt").write_text(f"{python}\n", encoding="ascii")
    write_sums(folder)
    return folder


def requirements() -> list[Requirement]:
    """Return what the program needs, the printers' packages among it."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    return [Requirement(line) for line in (*project["dependencies"], *project["optional-dependencies"]["printers"])]


def download(wanted: Iterable[Requirement], wheels: Path, platform: str, python: str) -> None:
    """Fetch the wheel of each package, and of each that one of them needs. Raise where there is none for it."""
    there: dict[NormalizedName, Version] = {}
    round_of = [one for one in wanted if applies(one, platform, python)]
    while missing := {canonicalize_name(one.name): one for one in round_of if canonicalize_name(one.name) not in there}:
        _fetch(missing.values(), wheels, platform, python)
        round_of = []
        for wheel in sorted(wheels.glob("*.whl")):
            name, version, needed = read_wheel(wheel)
            if name in there or name == "lizhi-pos":
                continue
            there[name] = version
            extras = missing[name].extras if name in missing else set()
            round_of += [one for one in needed if applies(one, platform, python, extras)]
        if gone := [str(one) for name, one in missing.items() if name not in there]:
            raise SystemExit(f"no wheel for {platform}, Python {python}: {', '.join(gone)}")
    for wheel in sorted(wheels.glob("*.whl")):
        for one in read_wheel(wheel)[2]:
            found = there.get(canonicalize_name(one.name))
            if applies(one, platform, python) and (found is None or found not in one.specifier):
                raise SystemExit(f"{wheel.name} needs {one}, and {found} is there")


def applies(one: Requirement, platform: str, python: str, extras: Iterable[str] = ()) -> bool:
    """Return whether a package is needed on a platform."""
    is_windows = platform.startswith("win")
    machine = "AMD64" if is_windows else "x86_64"
    surroundings = {
        "python_version": python,
        "python_full_version": f"{python}.0",
        "implementation_version": f"{python}.0",
        "sys_platform": "win32" if is_windows else "linux",
        "platform_system": "Windows" if is_windows else "Linux",
        "os_name": "nt" if is_windows else "posix",
        "platform_machine": machine,
        "platform_python_implementation": "CPython",
        "implementation_name": "cpython",
    }
    return one.marker is None or any(one.marker.evaluate({**surroundings, "extra": extra}) for extra in ("", *extras))


def read_wheel(wheel: Path) -> tuple[NormalizedName, Version, list[Requirement]]:
    """Return a wheel's name and version, and what it says that it needs."""
    with ZipFile(wheel) as content:
        inside = next(name for name in content.namelist() if name.endswith(".dist-info/METADATA"))
        told = Parser().parsestr(content.read(inside).decode("utf-8"), headersonly=True)
    needed = [Requirement(line) for line in told.get_all("Requires-Dist") or ()]
    return canonicalize_name(str(told["Name"])), Version(str(told["Version"])), needed


def _fetch(wanted: Iterable[Requirement], wheels: Path, platform: str, python: str) -> None:
    # a marker would be held against this machine: it was held against the other one already
    plain = [f"{one.name}{one.specifier}" for one in wanted]
    tags = [word for tag in PLATFORMS[platform] for word in ("--platform", tag)]
    _pip(
        *("download", "--quiet", "--no-deps", "--only-binary=:all:", "--implementation", "cp", *tags),
        *("--python-version", python, "-c", str(ROOT / "constraints.txt"), "-d", str(wheels), *plain),
    )


def _pip(*words: str) -> None:
    subprocess.run([sys.executable, "-m", "pip", "--disable-pip-version-check", *words], check=True)


def write_sums(folder: Path) -> None:
    """Write the SHA-256 of every file, as `sha256sum -c` reads them."""
    lines = [f"{hashlib.sha256(file.read_bytes()).hexdigest()}  {name}\n" for name, file in _files(folder)]
    (folder / SUMS).write_bytes("".join(lines).encode())


def _files(folder: Path) -> Iterator[tuple[str, Path]]:
    for file in sorted(folder.rglob("*")):
        if file.is_file() and file.name != SUMS:
            yield file.relative_to(folder).as_posix(), file


if __name__ == "__main__":
    main()
