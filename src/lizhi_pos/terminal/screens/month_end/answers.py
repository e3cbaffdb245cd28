"""Reading villages' answers one after the other: taken with what differs, or wrong with its cells."""

from collections.abc import Sequence
from pathlib import Path

from lizhi_pos.cell_errors import grouped
from lizhi_pos.exchange.answers import read_answer
from lizhi_pos.i18n.render import cell_words, refusal_words
from lizhi_pos.office.month_end import MonthEndService
from lizhi_pos.periods import Month
from lizhi_pos.refusal import Message, Refusal, message
from lizhi_pos.settlement.reconciliation import Comparison
from lizhi_pos.terminal.screens.ledgers.aside import aside
from lizhi_pos.terminal.screens.ledgers.files import FilesScreen
from lizhi_pos.terminal.screens.month_end.told import ToldScreen
from lizhi_pos.terminal.shell import Shell


async def read_answers(app: Shell, service: MonthEndService, month: Month, paths: Sequence[Path]) -> str | None:
    """Ask which files to read, read them, and show what came of each; return the first village that was taken."""
    if not paths:
        choosing = FilesScreen(service.folder)
        await app.ask(choosing)
        paths = choosing.chosen
    if not paths:
        return None
    service.folder = paths[0].parent
    told: list[Message | str] = []
    taken: list[str] = []
    for path in paths:
        answer = await app.attempt(lambda path=path: _read(app, service, month, path))  # type: ignore[misc]
        if isinstance(answer, Comparison):
            taken.append(answer.village)
            told += _taken(app, path, answer)
        else:
            told += answer if isinstance(answer, list) else [message("{0}: not taken", path.name), *_why(app, answer)]
    await app.ask(ToldScreen(message("Answers to {0}", str(month)), told))
    return taken[0] if taken else None


async def _read(
    app: Shell, service: MonthEndService, month: Month, path: Path
) -> Comparison | Refusal | list[Message | str]:
    """Read one file: its cells beside the database's thread, then against our statement."""
    by = app.signed_in
    names = await app.work.run(lambda: service.names(month, by))
    if isinstance(names, Refusal):
        return names
    read = await aside(lambda: read_answer(path, names, month))
    content = read.content
    if content is None:
        lines = [f"    {cell_words(error, app.translate)}" for error in grouped(read.errors)]
        return [message("{0}: not taken", path.name), *lines]
    day = await app.work.run(service.day)
    return await app.work.run(lambda: service.take_answer(month, content, day, by))


def _taken(app: Shell, path: Path, found: Comparison) -> list[Message | str]:
    head = message("{0}: {1} agree, {2} differ", found.village, found.matched, len(found.differences))
    return [head, *(f"    ▲ {path.name} {cell_words(one, app.translate)}" for one in grouped(found.warnings))]


def _why(app: Shell, refusal: Refusal) -> list[Message | str]:
    return [f"    {line}" for line in refusal_words(refusal, app.translate)]
