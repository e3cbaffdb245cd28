"""Every command is in docs/commands.zh.md with all it takes, and every command that a text names exists."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from lizhi_pos import cli
from lizhi_pos.access.operators import _RIGHTS, Right, Role
from lizhi_pos.cli.command import Argument, Command
from lizhi_pos.cli.parser import COMMANDS, build

ROOT = Path(__file__).parents[2]
GUIDE = ROOT / "docs" / "commands.zh.md"
TEXTS = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")])

BY_WORDS = {" ".join(command.words): command for command in COMMANDS}
GROUPS = {command.words[0] for command in COMMANDS if len(command.words) > 1}
ROLES: dict[Role, str] = {
    "clerk": "收银员",
    "keeper": "保管员",
    "accountant": "会计",
    "supervisor": "监督员",
    "admin": "管理员",
}


def sections() -> dict[str, str]:
    """The guide's part for each command, by the command's words."""
    parts = re.split(r"^### `([a-z ]+)`$", GUIDE.read_text(encoding="utf-8"), flags=re.MULTILINE)[1:]
    assert len(parts) == 2 * len(set(parts[::2])), "a command stands twice"
    return {words: body.partition("\n## ")[0] for words, body in zip(parts[::2], parts[1::2], strict=True)}


def test_the_guide_has_every_command_and_no_other() -> None:
    assert sections().keys() == BY_WORDS.keys()


def placeholder(argument: Argument) -> str:
    """How an argument is written in the guide: `FILE`, `--on DATE`, `--dry-run`."""
    flag = argument.name if argument.name.startswith("--") else ""
    name = argument.settings.get("metavar") or argument.name.lstrip("-").upper()
    return " ".join(filter(None, (flag, "" if argument.settings.get("action", "append") != "append" else name)))


@pytest.mark.parametrize("words", BY_WORDS)
def test_a_commands_part_says_what_it_does_who_may_and_all_it_takes(words: str) -> None:
    first, who, *rest = sections()[words].strip().split("\n\n")
    assert re.search(r"[\u4e00-\u9fff]", first)
    assert re.fullmatch(r"谁能用:.+。", who)
    told = re.findall(r"^- `([^`]+)`:\S", "\n".join(rest), re.MULTILINE)
    assert told == [placeholder(argument) for argument in BY_WORDS[words].arguments]


@pytest.mark.parametrize("words", BY_WORDS)
def test_who_may_use_a_command_is_as_the_command_asks(words: str) -> None:
    right = asked_by(BY_WORDS[words])
    if right is None or words == "user pin":  # `user pin`: one's own, or the administrator's work
        return
    may = [name for role, name in ROLES.items() if role in _RIGHTS[right]]
    assert f"谁能用:{'登录的每个人' if len(may) == len(ROLES) else '、'.join(may)}。" in sections()[words]


def asked_by(command: Command) -> Right | None:
    """The right that a command's function asks for, where it says so itself."""
    module, _, name = command.handler.partition(":")
    source = (Path(cli.__file__).parent / f"{module}.py").read_text(encoding="utf-8")
    function = next(n for n in ast.walk(ast.parse(source)) if isinstance(n, ast.FunctionDef) and n.name == name)
    found = re.findall(r"(?:\.operator\(|_step\(context, )'(\w+)'", ast.unparse(function))
    return next((right for right in _RIGHTS if right in found), None)


def test_the_rights_of_most_commands_are_read() -> None:
    """Were the functions written in another way, the test above would pass by reading nothing."""
    assert sum(asked_by(command) is not None for command in COMMANDS) > 35


def flags_of(command: Command | None) -> set[str]:
    return {a.name for a in command.arguments if a.name.startswith("--")} if command else set()


COMMON = {"--help"} | {flag for action in build(str, [])._actions for flag in action.option_strings}
"""What every command line may carry."""


def code(text: Path) -> Iterator[str]:
    """What a text shows as typed: every line of its blocks, every span in backquotes."""
    whole = text.read_text(encoding="utf-8")
    blocks = re.compile(r"^```\w*\n(.*?)^```", re.MULTILINE | re.DOTALL)
    for block in blocks.findall(whole):
        yield from re.split(r"\n|&&|\|", re.sub(r"\s#.*", "", block))
    yield from (" ".join(span.split()) for span in re.findall(r"`([^`]+)`", blocks.sub("", whole)))


def named(typed: str) -> list[str] | None:
    """The words of a command line of ours in what a text shows as typed, None where it is none."""
    words = typed.split()
    if any(word.rpartition("/")[2] == "lizhi-pos" or word.endswith("\\lizhi-pos") for word in words):
        at = next(i for i, word in enumerate(words) if word.endswith("lizhi-pos"))
        return words[at + 1 :]
    if len(words) > 1 and words[0] in GROUPS and re.fullmatch(r"[a-z]+", words[1]):
        return words
    return None


def wrong_with(words: list[str]) -> str | None:
    """What no command takes in a command line that a text names."""
    plain = list(words)
    while plain and plain[0].startswith("-"):
        # `--operator NAME` and the like; those that take no value are followed by no lower-case command either
        del plain[: 1 if plain[0] in {"--json", "--version", "--help", "-h"} else 2]
    meant = (BY_WORDS.get(" ".join(plain[:size])) for size in (3, 2, 1))
    command = next((found for found in meant if found), None)
    if plain and command is None and not (len(plain) == 1 and plain[0] in GROUPS):
        return " ".join(words)
    flags = {word.partition("=")[0] for word in words if word.startswith("--")}
    unknown = flags - COMMON - flags_of(command)
    return f"{' '.join(words)}: {', '.join(sorted(unknown))}" if unknown else None


@pytest.mark.parametrize("text", TEXTS, ids=lambda path: str(path.relative_to(ROOT)))
def test_every_command_that_a_text_names_exists(text: Path) -> None:
    lines = [words for typed in code(text) if (words := named(typed)) is not None]
    assert [wrong for words in lines if (wrong := wrong_with(words))] == []


def test_what_does_not_exist_is_found() -> None:
    assert named("LIZHI_PIN=1 lizhi-pos --operator 监督员 ledger review 村 2024-03") is not None
    assert wrong_with(["--operator", "监督员", "ledger", "review", "村", "2024-03", "--on", "2024-04-18"]) is None
    assert wrong_with(["ledger", "reviews", "村"])
    assert wrong_with(["verify", "--deep"])
    assert wrong_with(["backup", "账本.db", "--deep"])
    assert wrong_with(["stock", "count", "open", "--blind"]) is None
    assert wrong_with(["stock", "count", "盘点.xlsx", "--blind"])
    assert wrong_with(["printer", "add", "柜台", "--tills", "2"])
    assert wrong_with([]) is None


def test_the_readmes_ten_lines_are_seen() -> None:
    """The reader of texts finds commands in blocks and in the midst of a line."""
    seen = [words for typed in code(ROOT / "README.md") if (words := named(typed))]
    assert sum("--on" in words for words in seen) == 4
    assert ["serve"] in seen
