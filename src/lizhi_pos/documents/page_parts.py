"""What pages for telephones share: bars told apart by pattern, and a policy under which nothing else is loaded."""

import hashlib
from base64 import b64encode
from functools import cache
from pathlib import Path


def bar(share: int, pattern: str) -> str:
    """Return a bar of so many thousandths, `filled` or `hatched`."""
    return (
        f'<svg class="bar" viewBox="0 0 1000 10" preserveAspectRatio="none" aria-hidden="true">'
        f'<rect width="{max(share, 4)}" height="10" class="{pattern}"/></svg>'
    )


def policy(style: str, script: str) -> str:
    """Return a policy under which a page runs this style and script alone, and loads nothing."""
    return (
        f"default-src 'none'; style-src {_hash(style)}; script-src {_hash(script)}; base-uri 'none'; form-action 'none'"
    )


@cache
def part(name: str) -> str:
    """Return a file of this folder."""
    return Path(__file__).with_name(name).read_text(encoding="utf-8")


def _hash(text: str) -> str:
    return f"'sha256-{b64encode(hashlib.sha256(text.encode()).digest()).decode()}'"
