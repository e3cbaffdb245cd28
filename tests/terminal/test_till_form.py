"""The fields of a dialog without a screen: Enter goes on, a scan among them is taken out again."""

import pytest

from lizhi_pos.i18n.catalogue import translator
from lizhi_pos.refusal import message
from lizhi_pos.terminal.form import Field, Form

NAME = Field(name="name", label=message("Name"), choices=("甲", "乙"))
PIN = Field(name="pin", label=message("PIN"), secret=True)
SLOW, SCANNER = 0.2, 0.002


def typed(form: Form, text: str, apart: float = SLOW, start: float = 0.0) -> list[object]:
    """What each key of a text comes to; a line end stands for Enter."""
    keys = [("enter", None) if c == "\n" else (c, c) for c in text]
    return [form.key(name, character, start + at * apart) for at, (name, character) in enumerate(keys)]


def test_enter_goes_from_field_to_field() -> None:
    form = Form((NAME, PIN))
    assert typed(form, "\n2\n123456\n")[-1] == "done"
    assert form.values == {"name": "乙", "pin": "123456"}


def test_an_empty_field_stays() -> None:
    form = Form((NAME, PIN))
    assert typed(form, "\n") == ["missing"]
    form.key("down", None, 1)
    assert typed(form, "123456\n", start=2)[-1] == "missing"
    assert form.at == 0
    assert form.key("escape", None, 9) == "left"


@pytest.mark.parametrize("code", ["6901234567892", "GZ0012", "2000001"])
def test_a_scan_leaves_no_trace(code: str) -> None:
    for fields in ((NAME, PIN), (PIN, NAME)):
        form = Form(fields)
        typed(form, "12")
        assert typed(form, code + "\n", SCANNER, start=5)[-1] == "scan"
        assert form.texts == ["12", ""]
        assert form.at == 0


def test_the_line_feed_after_a_scan_is_no_enter() -> None:
    form = Form((Field(name="relation", label=message("Relation"), optional=True),))
    assert typed(form, "6901234567892\n", SCANNER)[-1] == "scan"
    assert form.key("ctrl+j", None, 0.03) is None
    assert form.key("enter", None, 2) == "done"


def test_a_pin_and_a_phrase_may_come_at_once() -> None:
    form = Form((Field(name="reason", label=message("Reason")), PIN))
    typed(form, "老人行动不便由儿子代\n", SCANNER)
    assert typed(form, "444444\n", SCANNER, start=1)[-1] == "done"
    assert form.values == {"reason": "老人行动不便由儿子代", "pin": "444444"}


@pytest.mark.parametrize(
    ("text", "came"), [("", "done"), ("2", "done"), ("3", "missing"), ("0", "missing"), ("x", "missing")]
)
def test_a_quantity_is_a_whole_number_up_to_the_most(text: str, came: str) -> None:
    form = Form((Field(name="quantity", label=message("Quantity"), optional=True, most=2),))
    assert typed(form, text + "\n")[-1] == came


def test_correcting_a_field() -> None:
    form = Form((NAME, PIN))
    typed(form, "ab")
    form.key("backspace", None, 3)
    assert form.texts[0] == "a"
    form.key("ctrl+u", None, 4)
    form.key("tab", None, 5)
    typed(form, "1", start=6)
    assert form.texts == ["", "1"]
    form.go_to("pin", anew=True)
    assert form.texts == ["", ""]
    assert form.key("f5", None, 9) is None


APPROVER = Field(name="approver", label=message("Approver"), choices=("监督员", "示例1"), person=True)


@pytest.mark.parametrize("text", ["246801", "11", "3", "0", "246", "监督员246801", "2468011234567"])
@pytest.mark.parametrize("apart", [SLOW, SCANNER])
def test_a_pin_in_a_names_field_is_not_shown_nor_taken(text: str, apart: float) -> None:
    form = Form((APPROVER, PIN))
    typed(form, text, apart)
    assert not any(c.isdigit() for c in form.shown(0))
    assert form.key("enter", None, 99) == "no name"
    assert form.texts == ["", ""]
    assert form.at == 0


@pytest.mark.parametrize("text", ["1", "2", "监督员", "示例1", "jdy", "收银12"])
def test_a_names_field_takes_names_and_numbers(text: str) -> None:
    form = Form((APPROVER, PIN))
    typed(form, text)
    assert form.shown(0) == text
    assert form.key("enter", None, 99) == "edited"
    assert form.at == 1


def test_before_the_names_are_known_a_number_is_one_digit() -> None:
    form = Form((Field(name="name", label=message("Name"), person=True), PIN))
    typed(form, "2")
    assert form.shown(0) == "2"
    typed(form, "46801", start=3)
    assert form.shown(0) == "••••••"


def test_a_number_where_the_pin_is_asked_names_somebody_else() -> None:
    form = Form((Field(name="name", label=message("Name"), choices=("甲", "乙"), value="甲", person=True), PIN))
    form.go_to("pin")
    assert typed(form, "2\n") == ["edited", "edited"]
    assert form.texts == ["乙", ""]
    assert typed(form, "246801\n", start=9)[-1] == "done"
    assert form.values == {"name": "乙", "pin": "246801"}


@pytest.mark.parametrize("text", ["3", "0", "24680", "24680a", "王芳"])
def test_what_is_no_pin_is_not_tried(text: str) -> None:
    form = Form((Field(name="name", label=message("Name"), choices=("甲", "乙"), value="甲", person=True), PIN))
    form.go_to("pin")
    assert typed(form, text + "\n")[-1] == "no PIN"
    assert form.texts == ["甲", ""]


def test_a_click_takes_a_choice_and_goes_on() -> None:
    person = Field(name="name", label=message("Name"), choices=("甲", "乙"), person=True)
    form = Form((person, PIN))
    assert form.click(1) == "edited"
    assert form.at == 1
    typed(form, "123456")
    assert form.click(0, 1) == "edited"
    assert form.values == {"name": "乙", "pin": ""}
    assert form.at == 1
    typed(form, "123456")
    assert form.click(0, 1) == "done"
    assert form.click(0, 7) == "edited"
    assert form.values == {"name": "乙", "pin": "123456"}


def test_a_choice_that_is_a_sentence_follows_the_language_of_the_screen() -> None:
    lang = ["zh"]
    usual = (message("broken"), message("missing"))
    field = Field(name="kind", label=message("Loss, or number"), choices=usual)
    form = Form((field, PIN), lambda msgid: translator(lang[0])(msgid))
    assert form.choices(0) == ["破损", "短少"]
    typed(form, "2\n")
    assert (form.shown(0), form.values["kind"]) == ("短少", "missing")
    lang[0] = "en"
    assert form.choices(0) == ["broken", "missing"]
    assert (form.shown(0), form.values["kind"]) == ("missing", "missing")


UNIT = Field(name="unit", label=message("Unit"), value="条", optional=True)


def test_what_is_filled_in_already_gives_way_to_what_is_typed() -> None:
    form = Form((UNIT, PIN))
    assert form.is_typed_over
    typed(form, "支\n")
    assert form.values["unit"] == "支"
    form = Form((UNIT, PIN))
    typed(form, "\n")
    assert form.values["unit"] == "条", "Enter keeps it"
    form = Form((Field(name="voucher", label=message("Voucher"), value="SW-1"), PIN))
    form.key("backspace", None, 1)
    typed(form, "2", start=2)
    assert form.values["voucher"] == "SW-2", "the end of it is put right by hand"


def test_a_scan_over_what_is_filled_in_already_leaves_it() -> None:
    form = Form((UNIT, PIN))
    assert typed(form, "6901234567892\n", SCANNER)[-1] == "scan"
    assert form.values["unit"] == "条"
    typed(form, "支\n", start=9)
    assert form.values["unit"] == "支"


def test_what_was_refused_is_typed_over_and_a_pin_forgotten() -> None:
    form = Form((Field(name="price", label=message("Price in points")), PIN))
    typed(form, "2,5\n")
    typed(form, "123456", start=9)
    form.go_to("price", anew=True)
    typed(form, "2.5", start=12)
    assert form.values == {"price": "2.5", "pin": "123456"}
    form.go_to("pin", anew=True)
    assert form.values["pin"] == ""
