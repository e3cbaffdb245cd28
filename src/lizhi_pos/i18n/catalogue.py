"""Looking up sentences in the catalogues. English messages are the keys; Chinese is the language of the house."""

import gettext
import os
from collections.abc import Callable
from functools import cache

Translate = Callable[[str], str]

_FOLDER = os.path.join(os.path.dirname(__file__), "locale")

LANGUAGES = ("zh", "en")


def language(wanted: str | None = None) -> str:
    """Return the language to speak: the one asked for, else that of `LIZHI_LANG`, else Chinese."""
    asked = wanted or os.environ.get("LIZHI_LANG", "zh")
    return asked if asked in LANGUAGES else "zh"


def let_argparse_speak(lang: str) -> None:
    """Set Python's own argument parser, which asks gettext by itself, to the language."""
    gettext.bindtextdomain("argparse", _FOLDER)
    gettext.textdomain("argparse")
    os.environ["LANGUAGE"] = "zh_CN" if lang == "zh" else "en"


@cache
def translator(lang: str) -> Translate:
    """Return the function that turns an English message into a language."""
    if lang == "en":
        return lambda message: message
    return gettext.translation("lizhi_pos", _FOLDER, ["zh_CN"], fallback=True).gettext
