"""People's names on paper that others can read."""


def masked(name: str) -> str:
    """Return a name with its middle hidden: ``王小明`` as ``王*明``, ``王明`` as ``王*``."""
    if len(name) < 2:
        return name
    return name[0] + "*" if len(name) == 2 else name[0] + "*" * (len(name) - 2) + name[-1]
