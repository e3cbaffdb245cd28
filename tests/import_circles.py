"""Print the circles of imports between the files of the program: `python tests/import_circles.py`."""

import sys
from collections.abc import Iterator

import grimp


def circles() -> Iterator[list[str]]:
    """Every set of files of which each imports each other, straight or through others (Tarjan's algorithm)."""
    graph = grimp.build_graph("lizhi_pos", cache_dir=None)
    numbers: dict[str, int] = {}
    lowest: dict[str, int] = {}
    path: list[str] = []

    def visit(file: str) -> Iterator[list[str]]:
        numbers[file] = lowest[file] = len(numbers)
        path.append(file)
        for imported in graph.find_modules_directly_imported_by(file):
            if imported not in numbers:
                yield from visit(imported)
            if imported in path:
                lowest[file] = min(lowest[file], lowest[imported])
        if lowest[file] == numbers[file]:
            members = path[path.index(file) :]
            del path[path.index(file) :]
            if len(members) > 1:
                yield sorted(members)

    for file in sorted(graph.modules):
        if file not in numbers:
            yield from visit(file)


if __name__ == "__main__":
    found = list(circles())
    for members in found:
        print(*members, sep=" ⇄ ")
    print(f"{len(found)} circles of imports")
    sys.exit(bool(found))
