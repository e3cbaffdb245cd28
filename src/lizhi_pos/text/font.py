"""The font with Chinese characters that is installed with the program."""

from functools import cache
from importlib.util import find_spec
from pathlib import Path


@cache
def font_file() -> Path | None:
    """Return the font with Chinese characters that is installed with the program, None where it is missing."""
    found = find_spec("pylopdf_fonts_zh_cn")
    if found is None or not found.submodule_search_locations:
        return None
    path = Path(found.submodule_search_locations[0]) / "NotoSansSC-Regular.otf"
    return path if path.is_file() else None
