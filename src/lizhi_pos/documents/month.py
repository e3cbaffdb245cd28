"""All papers of a month, under their files' names, each made when it is asked for."""

from collections import deque
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from threading import local
from typing import Any

from msgspec import Struct

from lizhi_pos.documents import town_summary, village_notice, village_statement
from lizhi_pos.documents.loudspeaker import loudspeaker_text
from lizhi_pos.documents.notice_page import notice_page
from lizhi_pos.documents.typeset import NO_SIGN, Typesetter, lacking, texts_in
from lizhi_pos.file_writing import file_name, file_names
from lizhi_pos.ids import Id
from lizhi_pos.refusal import Refusal, message, refuse
from lizhi_pos.settlement.details import Details
from lizhi_pos.settlement.month_papers import MonthPapers, VillagePapers


class Options(Struct, frozen=True):
    """Which papers: of one village alone or of all and the town, with a page for each household or without."""

    village: Id | None = None
    household_pages: bool = False


_ALL = Options()
_AT_ONCE = 2
"""Papers made side by side; those of a page for each household are too large for two at once."""


class Paper(Struct, frozen=True):
    """A paper as it is planned: its files, what it says where that is set in our fonts, how it is made."""

    names: tuple[str, ...]
    content: Callable[[], Mapping[str, Any]] | None
    make: Callable[[Typesetter], Sequence[bytes]]
    large: bool = False


class MonthDocuments:
    """The papers of a month. The same month gives the same bytes.

    `problems` name what cannot be printed because a sign of it is in none of the fonts; those papers are left out,
    the others are made.
    """

    def __init__(self, papers: MonthPapers, details: Mapping[Id, Details], options: Options = _ALL) -> None:
        self._at_once = 1 if options.household_pages else _AT_ONCE
        planned = _planned(papers, details, options)
        lacks = [(paper, _lacking(paper)) for paper in planned]
        self._papers = [paper for paper, lack in lacks if not lack]
        self.problems = tuple(
            message("{0} is not made, the font lacks a sign: {1}", ", ".join(paper.names), lack)
            for paper, lack in lacks
            if lack
        )

    @property
    def names(self) -> list[str]:
        """The files, in the order they are made."""
        return [name for paper in self._papers for name in paper.names]

    def __len__(self) -> int:
        return len(self.names)

    def __iter__(self) -> Iterator[tuple[str, bytes]]:
        # typst lets other threads run meanwhile; a few papers ahead are enough, all of them would fill the memory
        own, waiting = local(), deque[tuple[Paper, Future[Sequence[bytes]]]]()
        with ThreadPoolExecutor(self._at_once, thread_name_prefix="papers") as pool:
            try:
                for paper in self._papers:
                    waiting.append((paper, pool.submit(_made, paper, own)))
                    if len(waiting) > self._at_once:
                        yield from _files(*waiting.popleft())
                while waiting:
                    yield from _files(*waiting.popleft())
            finally:
                pool.shutdown(wait=False, cancel_futures=True)


def _made(paper: Paper, own: local) -> Sequence[bytes]:
    """Return a paper's files, made by the typesetter of this thread."""
    if not hasattr(own, "typesetter"):
        own.typesetter = Typesetter()
    typesetter: Typesetter = own.typesetter
    if not paper.large:
        return paper.make(typesetter)
    # with a page for each household it takes 150 MB, and as much again once it is remembered
    typesetter.forget()
    made = paper.make(typesetter)
    typesetter.forget()
    return made


def _files(paper: Paper, made: Future[Sequence[bytes]]) -> Iterator[tuple[str, bytes]]:
    return zip(paper.names, made.result(), strict=True)


def _lacking(paper: Paper) -> str:
    return lacking(texts_in(paper.content())) if paper.content else ""


def _planned(papers: MonthPapers, details: Mapping[Id, Details], options: Options) -> list[Paper]:
    stems = [f"{papers.month}_{v.statement.village}" for v in papers.villages]
    named = {ending: file_names(stems, ending) for ending in _ENDINGS}
    planned: list[Paper] = []
    for at, village in enumerate(papers.villages):
        if options.village in (None, village.statement.village_id):
            lines = details.get(village.statement.village_id, Details((), ())) if options.household_pages else None
            own = {ending: names[at] for ending, names in named.items()}
            planned += _village_papers(papers, village, lines, own)
    if options.village is None:
        town = file_name(f"{papers.month}_{papers.town}", "_汇总.pdf")
        planned.append(_pdf(town, town_summary.TEMPLATE, lambda: town_summary.town_content(papers)))
    return planned


_STATEMENT, _NOTICE, _PICTURE = "_结算单.pdf", "_公示.pdf", "_公示.png"
_PAGE, _SPOKEN = "_公示.html", "_广播稿.txt"
_ENDINGS = (_STATEMENT, _NOTICE, _PICTURE, _PAGE, _SPOKEN)


def _village_papers(
    papers: MonthPapers, village: VillagePapers, lines: Details | None, names: Mapping[str, str]
) -> list[Paper]:
    return [
        _pdf(
            names[_STATEMENT],
            village_statement.TEMPLATE,
            lambda: village_statement.statement_content(papers, village, lines),
            large=True,
        ),
        _pdf(names[_NOTICE], village_notice.TEMPLATE, lambda: village_notice.notice_content(papers, village)),
        Paper(
            numbered(names[_PICTURE], village_notice.picture_count(village)),
            lambda: village_notice.picture_content(papers, village),
            lambda by: by.pictures(
                village_notice.PICTURE_TEMPLATE, "paper", village_notice.picture_content(papers, village)
            ),
        ),
        Paper((names[_PAGE],), None, lambda _: [notice_page(papers, village)]),
        Paper((names[_SPOKEN],), None, lambda _: [loudspeaker_text(papers, village).encode()]),
    ]


_NOTICES = {".pdf": _NOTICE, ".png": _PICTURE, ".html": _PAGE}


def month_notice(papers: MonthPapers, village: VillagePapers, ending: str) -> list[bytes] | Refusal:
    """Return a village's notice of a month as one of .pdf, .png and .html, byte for byte as among all of its papers.

    Refuse where the fonts lack a sign of it.
    """
    name = _NOTICES[ending]
    planned = _village_papers(papers, village, None, {of: of for of in _ENDINGS})
    paper = next(paper for paper in planned if paper.names[0] in numbered(name, len(paper.names)))
    if lack := _lacking(paper):
        return refuse("rule_broken", NO_SIGN, lack)
    return list(paper.make(Typesetter()))


def numbered(name: str, count: int) -> tuple[str, ...]:
    """Return the name of one picture, or of several of them: ``a_1.png``, ``a_2.png``.

    >>> numbered("2024-04_示例村_公示.png", 2)
    ('2024-04_示例村_公示_1.png', '2024-04_示例村_公示_2.png')
    """
    stem, _, ending = name.rpartition(".")
    return (name,) if count == 1 else tuple(f"{stem}_{at}.{ending}" for at in range(1, count + 1))


def _pdf(name: str, template: str, content: Callable[[], Mapping[str, Any]], *, large: bool = False) -> Paper:
    return Paper((name,), content, lambda by: [by.pdf(template, "paper", content())], large)
