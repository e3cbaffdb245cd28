"""The least a Textual app can do with a scan: the keys into one widget, the line painted; a program to be started."""

from textual import events
from textual.app import App, ComposeResult
from textual.widgets import Static


class BareApp(App[None]):
    """Paints every scan as a line with its number."""

    ENABLE_COMMAND_PALETTE = False

    def __init__(self) -> None:
        super().__init__()
        self._text = ""
        self._lines: list[str] = []

    def compose(self) -> ComposeResult:
        yield Static("ready", markup=False)

    def on_key(self, event: events.Key) -> None:
        """Gathers a scan."""
        if event.key != "enter":
            self._text += event.character or ""
            return
        self._lines = [*self._lines[-4:], f"▸ {self._text}"]
        self._text = ""
        self.query_one(Static).update("\n".join(self._lines))


if __name__ == "__main__":
    BareApp().run()
