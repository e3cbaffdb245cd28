"""Reading villages' answers one after the other: taken with what differs, or wrong with its cells."""

from collections.abc import Sequence
from pathlib import Path

from lizhi_pos.cell_errors import CellError, grouped
from lizhi_pos.exchange.answers import read_answer
from lizhi_pos.office.month_end import MonthEndService
from lizhi_pos.periods import Month
from lizhi_pos.refusal import Refusal, message
from lizhi_pos.settlement.reconciliation import Comparison
from lizhi_pos.terminal.screens.ledgers.files import FilesScreen
from lizhi_pos.terminal.screens.month_end.told import Told, ToldScreen
from lizhi_pos.terminal.screens.shared.aside import aside
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
    told: list[Told] = []
    taken: list[str] = []
    for path in paths:
        answer = await app.attempt(lambda path=path: _read(app, service, month, path))  # type: ignore[misc]
        if isinstance(answer, Comparison):
            taken.append(answer.village)
            agree, differ = answer.matched, len(answer.differences)
            told += [message("{0}: {1} agree, {2} differ", answer.village, agree, differ), *grouped(answer.warnings)]
        elif isinstance(answer, Refusal):
            told += [message("{0}: not taken", path.name), answer.sentence]
        else:
            told += [message("{0}: not taken", path.name), *answer]
    await app.ask(ToldScreen(message("Answers to {0}", str(month)), told))
    return taken[0] if taken else None


async def _read(
    app: Shell, service: MonthEndService, month: Month, path: Path
) -> Comparison | Refusal | Sequence[CellError]:
    """Read one file: its cells beside the database's thread, then against our statement."""
    by = app.signed_in
    names = await app.work.run(lambda: service.names(month, by))
    if isinstance(names, Refusal):
        return names
    read = await aside(lambda: read_answer(path, names, month))
    content = read.content
    if content is None:
        return grouped(read.errors)
    day = await app.work.run(service.day)
    return await app.work.run(lambda: service.take_answer(month, content, day, by))
