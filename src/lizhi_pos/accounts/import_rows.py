"""A village's month as it was written down: values read from a workbook that no rule has looked at yet."""

from datetime import date
from typing import Literal

from msgspec import Struct

from lizhi_pos.cell_errors import RowAt
from lizhi_pos.money import Points
from lizhi_pos.periods import Month, Quarter

HouseholdStatus = Literal["active", "moved_out", "closed"]
"""在册, 迁出, 销户."""

Group = Literal["assessment", "supervision"]
"""评议小组, 监督小组."""


class HouseholdRow(Struct, frozen=True):
    """A row of `户籍`. Blank optional cells are None or empty text."""

    booklet: str
    head: str
    residence_start: date
    at: RowAt
    group: str = ""
    id_number: str = ""
    phone: str = ""
    people: int | None = None
    status: HouseholdStatus = "active"
    note: str = ""


class MemberRow(Struct, frozen=True):
    """A row of `成员`."""

    booklet: str
    name: str
    at: RowAt
    relation: str = ""
    id_number: str = ""


class ScoreRow(Struct, frozen=True):
    """A row of `基础评分`; `score` is in tenths, 0–1000."""

    booklet: str
    quarter: Quarter
    score: int
    at: RowAt
    scored_on: date | None = None
    note: str = ""


class ActRow(Struct, frozen=True):
    """A row of `志愿服务`: one act of one member; `times` says how often (1 where the cell is blank)."""

    booklet: str
    name: str
    on: date
    item: str
    points: Points
    at: RowAt
    times: int = 1
    note: str = ""


class ProposalRow(Struct, frozen=True):
    """A row of `负面清单`: a proposal of a veto, not a veto."""

    booklet: str
    conduct_on: date
    clause: str
    facts: str
    at: RowAt


class SignatureRow(Struct, frozen=True):
    """A row of `签字`."""

    group: Group
    name: str
    at: RowAt


class CorrectionRow(Struct, frozen=True):
    """A row of `更正`: signed points, and what it corrects."""

    booklet: str
    points: Points
    corrects: str
    note: str
    at: RowAt


class VillageWorkbook(Struct, frozen=True):
    """One village's month: rows in the order of their sheets."""

    village: str
    month: Month
    households: tuple[HouseholdRow, ...] = ()
    members: tuple[MemberRow, ...] = ()
    scores: tuple[ScoreRow, ...] = ()
    acts: tuple[ActRow, ...] = ()
    proposals: tuple[ProposalRow, ...] = ()
    signatures: tuple[SignatureRow, ...] = ()
    corrections: tuple[CorrectionRow, ...] = ()
