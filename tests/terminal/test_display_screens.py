"""What the household sees as it is painted, beside its golden files; the largest digits that fit any screen."""

import pytest
from screen_shots import VARIANTS, as_text, is_other

from lizhi_pos.i18n.catalogue import translator
from lizhi_pos.terminal.display_app import DisplayApp
from lizhi_pos.terminal.panels.customer_display import big_digits, display_lines
from lizhi_pos.till.customer_display import CustomerDisplay, DisplayedLine, Verdict

SALT = DisplayedLine("海星加碘盐 400g", 2, 500)


def turn(verdict: Verdict, left: int = 5750, **more: bool) -> CustomerDisplay:
    return CustomerDisplay(verdict, "张*国", "古镇社区", SALT, 3, 5, 1480, left, **more)


MOMENTS: dict[str, CustomerDisplay | None] = {
    "away": None,
    "nobody": CustomerDisplay(),
    "goods": turn("may"),
    "short": turn("short", -320),
    "may-not": CustomerDisplay("may_not", "赵*", "古镇社区", left=8750),
    "wait": turn("wait"),
    "refused": turn("refused"),
    "done": CustomerDisplay("done", "张*国", "古镇社区", None, 3, 5, 1480, 5750),
    "training": turn("may", training=True),
}


@pytest.mark.parametrize("name", MOMENTS)
async def test_a_moment_as_it_is_painted(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TERM", "xterm-256color")
    monkeypatch.delenv("NO_COLOR", raising=False)
    differ = []
    for lang, (width, height) in VARIANTS:
        app = DisplayApp(lambda: MOMENTS[name], "1", lang)
        async with app.run_test(size=(width, height)) as pilot:
            await pilot.pause()
            found = as_text(app, looks_too=(lang, (width, height)) == VARIANTS[0])
        stem = f"display-{name}.{lang}.{width}x{height}"
        if is_other(stem, found):
            differ.append(f"{stem}\n{found}")
    assert not differ, "\n\n".join(differ)


@pytest.mark.parametrize("lang", ["zh", "en"])
@pytest.mark.parametrize("amount", [0, 5750, 123456789, -320])
@pytest.mark.parametrize("size", [(20, 10), (40, 12), (80, 24), (120, 40), (240, 67)])
def test_no_line_is_wider_and_no_screen_higher_than_there_is_room(
    size: tuple[int, int], amount: int, lang: str
) -> None:
    width, height = size
    shown = CustomerDisplay("may", "张*国", "古镇社区", SALT, 3, 5, amount, amount)
    lines = display_lines(shown, "1", translator(lang), width, height)
    assert len(lines) <= height
    assert all(line.cell_length <= width for line in lines[2 if height < 12 else 7 :])


@pytest.mark.parametrize(("scale", "high"), [(1, 3), (2, 5), (3, 8), (4, 10)])
def test_a_digit_is_as_large_as_it_is_told(scale: int, high: int) -> None:
    digits = big_digits("72.70", scale)
    assert len(digits) == high
    assert {len(row) for row in digits} == {17 * scale}


def test_two_figures_fill_a_small_second_screen() -> None:
    """At 80 × 24 a digit is at least seven lines high: 4 cm on a screen of 14 cm, easily read at three metres."""
    lines = display_lines(turn("may"), "1", translator("zh"), 80, 24)
    assert sum("█" in line.plain for line in lines) >= 14
