"""Pages of which some lines lead on: a household's card, an entry, a receipt, each opened from the one before."""

from textual.content import Content

from lizhi_pos.office.household_pages import CardKey, OpenPage, Place, ReceiptKey, card_page, story_page
from lizhi_pos.office.households import HouseholdsService
from lizhi_pos.refusal import Refusal
from lizhi_pos.reports.household_look import EntryKey
from lizhi_pos.terminal.panels.households import LINK_ROWS, page_lines
from lizhi_pos.terminal.screens.shared.job_screen import JobScreen
from lizhi_pos.terminal.widgets.painted_lines import PaintedLines


class PagesScreen(JobScreen):
    """What was opened from what: Enter opens where the marked line leads, Escape goes back to the same line."""

    _service: HouseholdsService

    def __init__(self) -> None:
        super().__init__()
        self.pages: list[OpenPage] = []

    @property
    def opened(self) -> OpenPage | None:
        """The page that is shown, if one is."""
        return self.pages[-1] if self.pages else None

    async def open(self, place: Place) -> bool:
        """Open a page above the present one; return whether there is one."""
        page = await self.read_page(place)
        if page is None:
            return False
        self.notice = None
        self.pages.append(page)
        return True

    async def read_page(self, place: Place) -> OpenPage | None:
        """Return a page as the books have it now; say why where it is refused."""
        service, by = self._service, self.app.signed_in
        if isinstance(place, CardKey):
            look = await self.app.work.run(lambda: service.look(place.booklet, by))
            if isinstance(look, Refusal):
                self.refuse(look)
                return None
            return OpenPage(place, card_page(look))
        if isinstance(place, ReceiptKey):
            story = await self.app.work.run(lambda: service.of_receipt(place.receipt, by))
        else:
            key: EntryKey = place
            story = await self.app.work.run(lambda: service.story(key, by))
        if isinstance(story, Refusal):
            self.refuse(story)
            return None
        return OpenPage(story.entry.key, story_page(story))

    async def follow(self) -> None:
        """Open where the marked line leads; one that is not seen is shown first."""
        page = self.opened
        if page is None or page.leads is None:
            self.app.bell()
        elif page.aside:
            page.follows = True
        else:
            await self.open(page.leads)

    def action_look(self) -> None:
        self.enter()

    def mark(self, by: int) -> None:
        if self.opened is not None:
            self.opened.step(by)

    def on_painted_lines_clicked(self, message: PaintedLines.Clicked) -> None:
        """Mark the line that was clicked; the marked one is opened."""
        message.stop()
        # Textual asks the base's handler, too
        message.prevent_default()
        at = message.row

        async def click() -> None:
            await (self.clicked_line(at - LINK_ROWS) if at >= LINK_ROWS else self.clicked_row(at))

        self.begin(click)

    async def clicked_line(self, at: int) -> None:
        """Take a click on a line that leads on."""
        page = self.opened
        if page is None:
            return
        if at == page.marked:
            await self.follow()
        elif at < len(page.leading):
            page.jump(page.leading[at])

    async def clicked_row(self, at: int) -> None:
        """Take a click on a row of the list."""

    def page_lines(self, width: int, height: int) -> list[Content]:
        """Return the page that is open."""
        page = self.opened
        return page_lines(page, self.app.translate, width, height, is_open=True) if page is not None else []
