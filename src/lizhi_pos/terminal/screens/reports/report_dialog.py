"""Asks where a list is to be written, and writes it away from the database's thread."""

import asyncio
from collections.abc import Callable, Mapping

from lizhi_pos.office.report_drafts import (
    MadeFiles,
    ReportDraft,
    ReportDrafts,
    make_files,
    proposed_paths,
    save_files,
)
from lizhi_pos.refusal import Refusal, message
from lizhi_pos.terminal.form import Field
from lizhi_pos.terminal.screens.shared.form_dialog import FormDialog
from lizhi_pos.terminal.screens.shared.job_screen import JobScreen

_KINDS = (
    message("paper to print"),
    message("picture for telephones"),
    message("page with search"),
    message("workbook with numbers"),
)


async def write_report(
    screen: JobScreen, read: Callable[[ReportDrafts], ReportDraft | Refusal | None]
) -> Refusal | None:
    """Ask for a file's name and write what `read` returns; a refusal is said in the dialog, and it stays open."""
    app = screen.app
    drafts = await app.job(ReportDrafts)
    draft = await app.work.run(lambda: read(drafts))
    if draft is None:
        app.bell()
        return None
    if isinstance(draft, Refusal):
        return draft
    paths = await asyncio.to_thread(proposed_paths, draft, drafts.folder)
    written: list[MadeFiles] = []

    async def attempt(values: Mapping[str, str]) -> Refusal | None:
        made = await asyncio.to_thread(make_files, draft, values["file"])
        if isinstance(made, Refusal):
            return made
        if refusal := await app.work.run(lambda: drafts.keep_export(draft, made, app.signed_in)):
            return refusal
        if refusal := await asyncio.to_thread(save_files, made):
            return refusal
        drafts.folder = next(iter(made.contents)).parent
        written.append(made)
        return None

    about = (*_KINDS, *(message("on what is plugged in") for _ in paths[len(_KINDS) :]))
    field = Field(name="file", label=message("File"), value=paths[0], choices=tuple(paths), about=about)
    heading = message("{0} becomes a file: choose one by its number, or type where it goes", draft.name)
    if await app.ask(FormDialog(heading, (field,), attempt, "file")):
        screen.note("done", message("Written: {0}", written[0].paths))
    return None
