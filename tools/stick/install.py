"""Installs the program from this folder under the user's home, without a network. Needs Python and nothing else."""

import hashlib
import io
import os
import shutil
import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
NAME = "励志超市收银台"
PLAIN_NAME = "lizhi-pos"
IS_WINDOWS = os.name == "nt"

LINK = (
    "$link = (New-Object -ComObject WScript.Shell).CreateShortcut($env:LIZHI_LINK);"
    "$link.TargetPath = $env:LIZHI_TARGET; $link.WorkingDirectory = $env:LIZHI_FOLDER; $link.Save()"
)
"""What makes a .lnk; the paths go in by the environment, where no sign of them means anything."""

TILL_CMD = """@echo off
chcp 65001 >nul
"%~dp0venv\\Scripts\\lizhi-pos.exe" till
if errorlevel 1 (
  "%~dp0venv\\Scripts\\lizhi-pos.exe" doctor
  pause
)
"""
DOCTOR_CMD = """@echo off
chcp 65001 >nul
"%~dp0venv\\Scripts\\lizhi-pos.exe" doctor
pause
"""
TILL_SH = """#!/bin/sh
cd "$(dirname "$0")" || exit 3
./venv/bin/lizhi-pos till && exit 0
./venv/bin/lizhi-pos doctor
printf '按回车键关闭 '
read -r _
"""
DESKTOP = """[Desktop Entry]
Type=Application
Name={name}
Exec="{till}"
Terminal=true
Categories=Office;
"""


class CannotInstall(Exception):
    """Why nothing is installed, in words for people."""


def main() -> int:
    """Install, or say why not."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(encoding="utf-8", errors="replace")
    try:
        folder = Path(sys.argv[1]).absolute() if len(sys.argv) > 1 else default_folder()
        check_python()
        check_files()
        install(folder)
        made = make_shortcuts(folder)
    except CannotInstall as error:
        print(error, file=sys.stderr)
        return 1
    except (OSError, subprocess.CalledProcessError) as error:
        print(f"没有装成：{error}\n收银台开着就先关掉；磁盘满了就先清理；再装一次。", file=sys.stderr)
        return 1
    print(f"装好了，在 {folder}")
    for shortcut in made:
        print(f"收银台的图标：{shortcut}")
    return 0


def default_folder() -> Path:
    """Return where programs of this user's own lie."""
    if IS_WINDOWS:
        local = os.environ.get("LOCALAPPDATA")
        return (Path(local) if local else Path.home() / "AppData" / "Local") / "Programs" / PLAIN_NAME
    return Path.home() / PLAIN_NAME


def check_python() -> None:
    """Refuse a Python that the wheels are not for."""
    wanted = (HERE / "python-version.txt").read_text(encoding="ascii").strip()
    here = "{}.{}".format(*sys.version_info)
    if here != wanted:
        raise CannotInstall(f"这个 U 盘要用 Python {wanted}，现在是 {here}：请先装 Python {wanted}（64 位）。")
    if sys.maxsize < 2**32:
        raise CannotInstall(f"现在的 Python 是 32 位的：请装 64 位的 Python {wanted}。")


def check_files() -> None:
    """Refuse a stick on which a file is missing or was changed."""
    for line in (HERE / "SHA256SUMS").read_text(encoding="utf-8").splitlines():
        digest, _, name = line.partition("  ")
        file = HERE / name
        if not file.is_file():
            raise CannotInstall(f"U 盘上缺少 {name}：请重新拷一份完整的安装文件夹。")
        if hashlib.sha256(file.read_bytes()).hexdigest() != digest:
            raise CannotInstall(f"U 盘上的 {name} 坏了或被改过：请重新拷一份完整的安装文件夹。")


def install(folder: Path) -> None:
    """Make an environment of the program's own and put every wheel into it; what is there already is renewed."""
    venv = folder / "venv"
    python = venv / ("Scripts/python.exe" if IS_WINDOWS else "bin/python")
    folder.mkdir(parents=True, exist_ok=True)
    if not python.exists():
        shutil.rmtree(venv, ignore_errors=True)
        print("正在准备……", flush=True)
        subprocess.run([sys.executable, "-m", "venv", str(venv)], check=True)
    print("正在安装，要一两分钟……", flush=True)
    wheels = str(HERE / "wheels")
    pip = [str(python), "-m", "pip", "--isolated", "--disable-pip-version-check", "--quiet", "install"]
    extra = f"{PLAIN_NAME}[printers]"
    subprocess.run([*pip, "--no-index", "--find-links", wheels, "--upgrade", extra], check=True)
    program = python.with_name(f"{PLAIN_NAME}.exe" if IS_WINDOWS else PLAIN_NAME)
    subprocess.run([str(program), "--version"], check=True, stdout=subprocess.DEVNULL)


def make_shortcuts(folder: Path) -> list[Path]:
    """Make what starts the till by a double click, and return where."""
    if IS_WINDOWS:
        (folder / "till.cmd").write_bytes(TILL_CMD.replace("\n", "\r\n").encode("ascii"))
        (folder / "doctor.cmd").write_bytes(DOCTOR_CMD.replace("\n", "\r\n").encode("ascii"))
        return _windows_shortcuts(folder)
    till = folder / "till"
    till.write_text(TILL_SH, encoding="utf-8")
    till.chmod(0o755)
    told = DESKTOP.format(name=NAME, till=_in_desktop_entry(str(till)))
    made = []
    applications = Path.home() / ".local" / "share" / "applications"
    applications.mkdir(parents=True, exist_ok=True)
    for place in (applications, *(p for p in (Path.home() / "桌面", Path.home() / "Desktop") if p.is_dir())):
        entry = place / f"{PLAIN_NAME}.desktop"
        entry.write_text(told, encoding="utf-8")
        entry.chmod(0o755)
        made.append(entry)
    return made


def _in_desktop_entry(path: str) -> str:
    """Return a path as it stands between quotes in a desktop entry, whose own strings escape once more."""
    quoted = "".join(f"\\{sign}" if sign in '"`$\\' else sign for sign in path)
    return quoted.replace("\\", "\\\\").replace("%", "%%")


def _windows_shortcuts(folder: Path) -> list[Path]:
    link = folder / f"{PLAIN_NAME}.lnk"
    asked = {"LIZHI_LINK": str(link), "LIZHI_TARGET": str(folder / "till.cmd"), "LIZHI_FOLDER": str(folder)}
    powershell = ["powershell", "-NoProfile", "-ExecutionPolicy", "Bypass", "-Command", LINK]
    try:
        subprocess.run(powershell, env={**os.environ, **asked}, check=True)
    except (OSError, subprocess.CalledProcessError):
        print(f"没有做成图标：请双击 {folder / 'till.cmd'} 打开收银台。", file=sys.stderr)
        return []
    menu = Path(os.environ["APPDATA"]) / "Microsoft" / "Windows" / "Start Menu" / "Programs"
    made = []
    for place in (_desktop(), menu):
        # made under a plain name: what makes it does not take every sign
        if place.is_dir():
            made.append(Path(shutil.copyfile(link, place / f"{NAME}.lnk")))
    return made


def _desktop() -> Path:
    """Return the desktop, which may lie elsewhere than in the home."""
    asked = [
        "powershell",
        "-NoProfile",
        "-Command",
        "[Environment]::GetFolderPath('Desktop') | Out-File -Encoding utf8",
    ]
    told = HERE / "nowhere"
    try:
        told = Path(os.environ["TEMP"]) / "lizhi-pos-desktop.txt"
        subprocess.run(
            [*asked[:-1], f"{asked[-1]} $env:LIZHI_TOLD"], env={**os.environ, "LIZHI_TOLD": str(told)}, check=True
        )
        return Path(told.read_text(encoding="utf-8-sig").strip())
    except (OSError, KeyError, subprocess.CalledProcessError):
        return Path.home() / "Desktop"
    finally:
        told.unlink(missing_ok=True)


if __name__ == "__main__":
    sys.exit(main())
