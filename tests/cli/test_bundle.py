"""The folder that is carried on a stick: whole, for the platform it is for, and installed where there is no network."""

import hashlib
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from packaging.requirements import Requirement
from tools import bundle

STICK = bundle.STICK


def test_what_a_package_needs_is_read_for_the_platform_of_the_bundle() -> None:
    tzdata = Requirement("tzdata>=2024.1; sys_platform == 'win32'")
    assert bundle.applies(tzdata, "win_amd64", "3.11")
    assert not bundle.applies(tzdata, "manylinux_x86_64", "3.11")
    older = Requirement("typing-extensions; python_version < '3.12'")
    assert [bundle.applies(older, "win_amd64", python) for python in bundle.PYTHONS] == [True, False, False]
    extra = Requirement("psycopg-binary==3.3.9; implementation_name != 'pypy' and extra == 'binary'")
    assert not bundle.applies(extra, "win_amd64", "3.11")
    assert bundle.applies(extra, "win_amd64", "3.11", {"binary"})


def test_the_command_of_windows_is_plain() -> None:
    """Its reader takes signs apart from ASCII for something else before the code page is set."""
    text = (STICK / "install.cmd").read_bytes()
    assert text.isascii()
    assert b"\r" not in text
    assert b'cd /d "%~dp0"' in text


def test_the_shell_reads_the_other() -> None:
    subprocess.run(["sh", "-n", str(STICK / "install.sh")], check=True, timeout=20)


def stick(folder: Path) -> Path:
    """A stick without wheels."""
    for file in STICK.iterdir():
        if file.is_file():
            shutil.copyfile(file, folder / file.name)
    (folder / "python-version.txt").write_text("{}.{}\n".format(*sys.version_info))
    bundle.write_sums(folder)
    return folder


def run(*words: Any, **env: str) -> "subprocess.CompletedProcess[str]":
    command = list(map(str, words))
    return subprocess.run(
        command, env={**os.environ, **env}, capture_output=True, encoding="utf-8", timeout=300, check=False
    )


@pytest.mark.parametrize(
    ("name", "said"), [("install.cmd", "坏了或被改过"), ("读我.txt", "坏了或被改过"), (None, "缺少")]
)
def test_a_stick_that_is_not_whole_installs_nothing(tmp_path: Path, name: str | None, said: str) -> None:
    folder = tmp_path / "stick"
    folder.mkdir()
    stick(folder)
    if name is None:
        (folder / "install.cmd").unlink()
    else:
        (folder / name).write_bytes(b"x")
    ran = run(sys.executable, folder / "install.py", tmp_path / "program", HOME=str(tmp_path))
    assert ran.returncode == 1
    assert said in ran.stderr
    assert "Traceback" not in ran.stderr
    assert not (tmp_path / "program").exists()


def test_a_stick_for_another_python_says_which(tmp_path: Path) -> None:
    folder = tmp_path / "stick"
    folder.mkdir()
    stick(folder)
    (folder / "python-version.txt").write_text("3.99\n")
    ran = run(sys.executable, folder / "install.py", tmp_path / "program", HOME=str(tmp_path))
    assert (ran.returncode, "Python 3.99" in ran.stderr) == (1, True)
    ran = run("sh", folder / "install.sh", tmp_path / "program", HOME=str(tmp_path))
    assert (ran.returncode, "没有合用的 Python" in ran.stderr) == (1, True)
    assert not (tmp_path / "program").exists()


@pytest.fixture(scope="module")
def registry(tmp_path_factory: pytest.TempPathFactory) -> None:
    """Packages can be had here; where they cannot, what is made of them is not tried."""
    pip = (sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", "--retries", "0", "six")
    if run(*pip, "-d", tmp_path_factory.mktemp("six")).returncode != 0:
        pytest.skip("no network: packages cannot be fetched here")


@pytest.mark.slow
@pytest.mark.parametrize("python", bundle.PYTHONS)
def test_every_package_has_a_wheel_for_windows(registry: None, tmp_path: Path, python: str) -> None:
    bundle.download(bundle.requirements(), tmp_path, "win_amd64", python)
    names = {bundle.read_wheel(wheel)[0] for wheel in tmp_path.iterdir()}
    assert {"pysqlite3", "psycopg-binary", "pywin32", "tzdata", "colorama", "typst", "textual"} <= names
    assert [wheel.name for wheel in tmp_path.iterdir() if "linux" in wheel.name] == []


@pytest.mark.slow
def test_the_bundle_installs_with_no_network_and_sells(registry: None, tmp_path: Path) -> None:
    folder = bundle.bundle("manylinux_x86_64", "{}.{}".format(*sys.version_info), tmp_path / "U 盘" / "安装")
    sums = (folder / "SHA256SUMS").read_text(encoding="utf-8").splitlines()
    named = {line.partition("  ")[2]: line.partition("  ")[0] for line in sums}
    assert {*named, "SHA256SUMS"} == {str(p.relative_to(folder)) for p in folder.rglob("*") if p.is_file()}
    assert all(hashlib.sha256((folder / name).read_bytes()).hexdigest() == digest for name, digest in named.items())

    home, program = tmp_path / "家", tmp_path / "家" / "程 序"
    (home / "Desktop").mkdir(parents=True)
    env = {"HOME": str(home), "XDG_DATA_HOME": str(home / "data"), "LIZHI_DB": str(home / "town.db"), "LANG": "C.UTF-8"}
    off = ("unshare", "--net") if run("unshare", "--net", "true").returncode == 0 else ()
    path = f"{Path(sys.base_prefix) / 'bin'}{os.pathsep}{os.environ['PATH']}"
    installed = run(*off, "sh", folder / "install.sh", program, **env, PATH=path)
    assert installed.returncode == 0, installed
    assert f'Exec="{program}/till"' in (home / "Desktop" / "lizhi-pos.desktop").read_text(encoding="utf-8")
    assert os.access(program / "till", os.X_OK)

    pos = (*off, program / "venv" / "bin" / "lizhi-pos", "--json")
    shown = run(*pos, "--db", home / "town.db", "demo", **env)
    assert shown.returncode == 0, shown
    played = json.loads(shown.stdout)
    clerk = next(who for who in played["sign_ins"] if who["role"] == "clerk")
    signed = {**env, "LIZHI_OPERATOR": clerk["name"], "LIZHI_PIN": clerk["pin"]}
    code = played["redemption"]["lines"][0]["code"]
    sold = run(*pos, "redeem", played["verdict"]["booklet"], code, **signed)
    assert sold.returncode == 0, sold
    assert json.loads(sold.stdout)["receipt"]
    found = run(*pos, "doctor", **env)
    assert found.returncode == 0, found
    assert {c["name"]: c["level"] for c in json.loads(found.stdout)["checks"]}["libraries"] == "ok"
    again = run(*off, "sh", folder / "install.sh", program, **env, PATH=path)
    assert again.returncode == 0, again
