"""What is said at the counter is read whole at 80 columns, in both languages, whatever code or name it names."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest
from rich.cells import cell_len
from sqlalchemy import Engine
from till_hands import selling

from lizhi_pos.i18n.catalogue import translator
from lizhi_pos.i18n.render import render
from lizhi_pos.refusal import Message, message
from lizhi_pos.terminal.panels.header_footer import notice_lines
from lizhi_pos.till.notices import Level, Notice
from towns.till import SALT

SRC = Path(__file__).parents[2] / "src" / "lizhi_pos"
PLACES = (*(SRC / "till").glob("*.py"), *(SRC / "terminal").rglob("*.py"))
LONG_CODE, LONG_NAME = "6900000000000", "欧阳示例"
MOST_LINES = 4
"""Lines that the notice may grow to; the basket above it gives way."""


def said() -> Iterator[str]:
    """Every message of the till's own code, each of which may become a notice."""
    for path in PLACES:
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "message":
                for given in ast.walk(node.args[0]):
                    if isinstance(given, ast.Constant) and isinstance(given.value, str):
                        yield given.value


MESSAGES = sorted(set(said()))


def filled(msgid: str, fill: str) -> Message:
    return message(msgid, *[fill] * 9)


@pytest.mark.parametrize("level", ["said", "done", "hint", "refusal"])
@pytest.mark.parametrize("lang", ["zh", "en"])
@pytest.mark.parametrize("fill", [LONG_CODE, LONG_NAME, f"{LONG_NAME} {LONG_CODE}"])
def test_every_notice_is_shown_whole(lang: str, fill: str, level: Level) -> None:
    assert len(MESSAGES) > 100
    translate = translator(lang)
    for msgid in MESSAGES:
        text = filled(msgid, fill)
        lines = [line.plain for line in notice_lines(Notice(level, text), translate, 78)]
        assert len(lines) <= MOST_LINES, lines
        assert all(cell_len(line) <= 78 for line in lines), lines
        shown, whole = "".join(lines).replace(" ", ""), render(text, translate).replace(" ", "")
        assert shown.endswith(whole)


@pytest.mark.parametrize("size", [(80, 24), (120, 40)])
@pytest.mark.parametrize("lang", ["zh", "en"])
async def test_every_notice_stands_on_the_screen(town: Engine, log: Path, lang: str, size: tuple[int, int]) -> None:
    async with selling(town, log, size, lang=lang) as till:
        till.scan("GZ0012", SALT)
        await till.idle()
        screen, counter = till.selling, till.counter
        longest = sorted(MESSAGES, key=lambda m: cell_len(render(filled(m, LONG_NAME), till.app.translate)))[-12:]
        for msgid in [*longest, "{0}", longest[-1]]:
            counter.note("refusal", filled(msgid, LONG_NAME))
            screen.show()
            await till.pilot.pause()
            rows = [strip.text for strip in screen._compositor.render_strips()]
            painted = "".join(row.strip() for row in rows).replace(" ", "")
            assert render(counter.notice.text, till.app.translate).replace(" ", "") in painted
            assert "海星加碘盐" in "".join(rows)
        counter.note("said", message("Scan a booklet"))
        screen.show()
        await till.pilot.pause()
        assert till.app.screen.query_one("#notice").size.height == 1


async def test_a_strangers_booklet_over_goods_says_all_that_may_be_done(town: Engine, log: Path) -> None:
    async with selling(town, log, lang="zh") as till:
        till.scan("GZ0012", SALT, "6900000000001")
        await till.idle()
        rows = "".join(strip.text.strip() for strip in till.app.screen._compositor.render_strips())
        assert "6900000000001" in rows
        assert render(till.counter.notice.text, till.app.translate).replace(" ", "") in rows.replace(" ", "")
        assert "F2" in render(till.counter.notice.text, till.app.translate)
