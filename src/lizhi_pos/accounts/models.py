"""Tables: villages, households as they were on each day, members, batches, scores, acts, vetoes, officials."""

from typing import Any

from sqlalchemy import CheckConstraint, Column, ForeignKeyConstraint, Index, Text, UniqueConstraint

from lizhi_pos.db import ID, INT, Bytes, Day, Moment, index_where, one_of, town_table
from lizhi_pos.record.documents import document, part

BATCH_STATES = ("draft", "publicised", "reviewed", "posted")
BATCH_STEPS = ("import", "publish", "review", "reject", "post")
OBJECTION_STATES = ("open", "upheld", "dismissed")
STATUSES = ("active", "moved_out", "closed", "merged")
CHANGES = ("split", "merge", "move", "close", "booklet", "member", "head", "freeze", "release", "correct", "score")
"""What may be done to a household by a command of its own, beside the ledgers of its village."""
LEAVING = ("close", "merge")
"""The changes after which no workbook brings a household back."""


def _personal() -> tuple[Column[Any], Column[Any]]:
    """Return where the personal part of a row lies, and its commitment, by which it can be proved while it is there."""
    return Column("personal_id", ID), Column("personal_hash", Bytes(32))


personal = town_table(
    "personal",
    Column("personal_id", ID, primary_key=True),
    Column("content", Text, nullable=False, comment="msgspec JSON: identity and phone numbers, notes about people"),
    Column("salt", Bytes(16), nullable=False),
)

erasure = town_table(
    "erasure",
    Column("erasure_id", ID, primary_key=True),
    Column("household_id", ID, nullable=False),
    Column("reason", Text, nullable=False),
    Column("on_date", Day, nullable=False),
    Column("by_user", Text, nullable=False),
    Column("approved_by", Text, nullable=False),
    Column("recorded_at", Moment, nullable=False),
    ForeignKeyConstraint(["town_id", "household_id"], ["household.town_id", "household.household_id"]),
    CheckConstraint("approved_by <> by_user", name="two_people"),
    Index("ix_erasure_town_id_household_id", "town_id", "household_id"),
)

erased_part = town_table(
    "erased_part",
    Column("erasure_id", ID, primary_key=True),
    Column("part_id", ID, primary_key=True, comment="of what is gone: a personal part, a picture, what was said of it"),
    ForeignKeyConstraint(["town_id", "erasure_id"], ["erasure.town_id", "erasure.erasure_id"]),
    narrow=True,
)

village = town_table(
    "village",
    Column("village_id", ID, primary_key=True),
    Column("name", Text, nullable=False),
    Column("created_at", Moment, nullable=False),
    UniqueConstraint("town_id", "name"),
)

household = town_table(
    "household",
    Column("household_id", ID, primary_key=True),
    Column("registered_on", Day, nullable=False, comment="posting day of the first batch that names it"),
)

household_state = town_table(
    "household_state",
    Column("household_id", ID, primary_key=True),
    Column("since", Day, primary_key=True),
    Column("state_id", ID, primary_key=True, comment="of two on one day the later made counts"),
    Column("village_id", ID, nullable=False),
    Column("head", Text, nullable=False),
    Column("village_group", Text, nullable=False),
    Column("residence_start", Day, nullable=False),
    Column("status", Text, nullable=False),
    Column("people", INT),
    *_personal(),
    ForeignKeyConstraint(["town_id", "household_id"], ["household.town_id", "household.household_id"]),
    ForeignKeyConstraint(["town_id", "village_id"], ["village.town_id", "village.village_id"]),
    one_of("status", STATUSES),
)

booklet = town_table(
    "booklet",
    Column("number", Text, primary_key=True),
    Column("household_id", ID, nullable=False),
    Column("replaced_by", Text),
    Column("replaced_on", Day, comment="the first day on which the other one holds"),
    ForeignKeyConstraint(["town_id", "household_id"], ["household.town_id", "household.household_id"]),
    Index("ix_booklet_town_id_household_id", "town_id", "household_id"),
)

member = town_table(
    "member",
    Column("household_id", ID, primary_key=True),
    Column("name", Text, primary_key=True),
    Column("relation", Text, nullable=False),
    Column("since", Day, nullable=False),
    Column("gone", Text, comment="how a member left the household; None of one who is present"),
    Column("gone_on", Day, comment="the last day on which they earned for it"),
    *_personal(),
    ForeignKeyConstraint(["town_id", "household_id"], ["household.town_id", "household.household_id"]),
    one_of("gone", ("left", "died")),
)

household_change = town_table(
    "household_change",
    Column("change_id", ID, primary_key=True),
    Column("household_id", ID, nullable=False),
    Column("kind", Text, nullable=False),
    Column("other_id", ID, comment="the household that came out of a split, or that took one in"),
    Column("told", Text, nullable=False, comment="what it was and is: a name, a number, a village, a quarter"),
    Column("points", INT, comment="that went along, were frozen, released, closed out or put right, signed"),
    Column("on_date", Day, nullable=False),
    Column("reason", Text, nullable=False),
    Column("by_user", Text, nullable=False),
    Column("approved_by", Text),
    Column("recorded_at", Moment, nullable=False),
    ForeignKeyConstraint(["town_id", "household_id"], ["household.town_id", "household.household_id"]),
    one_of("kind", CHANGES),
    CheckConstraint("approved_by <> by_user", name="two_people"),
    Index("ix_household_change_town_id_household_id", "town_id", "household_id"),
)

score_correction = town_table(
    "score_correction",
    Column("change_id", ID, primary_key=True),
    Column("household_id", ID, nullable=False),
    Column("quarter", Text, nullable=False),
    Column("tenths", INT, nullable=False),
    Column("on_date", Day, nullable=False, comment="it speaks for eligibility from this day on"),
    ForeignKeyConstraint(["town_id", "change_id"], ["household_change.town_id", "household_change.change_id"]),
    CheckConstraint("tenths BETWEEN 0 AND 1000", name="tenths_in_range"),
    Index("ix_score_correction_town_id_household_id", "town_id", "household_id"),
)

batch = town_table(
    "batch",
    Column("batch_id", ID, primary_key=True),
    Column("village_id", ID, nullable=False),
    Column("month", Text, nullable=False),
    Column("state", Text, nullable=False),
    Column(
        "content",
        Bytes,
        nullable=False,
        comment="the workbook as read, its personal part aside, zlib over msgspec JSON",
    ),
    Column("file", Text, comment="the name of the file it was read from"),
    Column("content_hash", Bytes(32), nullable=False),
    Column("imported_by", Text, nullable=False),
    Column("published_on", Day),
    Column("reviewed_on", Day),
    Column("posted_on", Day),
    *_personal(),
    UniqueConstraint("town_id", "village_id", "month"),
    ForeignKeyConstraint(["town_id", "village_id"], ["village.town_id", "village.village_id"]),
    one_of("state", BATCH_STATES),
    Index("ix_batch_town_id_state", "town_id", "state"),
)

batch_step = town_table(
    "batch_step",
    Column("step_id", ID, primary_key=True),
    Column("batch_id", ID, nullable=False),
    Column("step", Text, nullable=False),
    Column("on_date", Day, nullable=False),
    Column("recorded_at", Moment, nullable=False),
    Column("by_user", Text, nullable=False),
    Column("reason", Text, nullable=False),
    ForeignKeyConstraint(["town_id", "batch_id"], ["batch.town_id", "batch.batch_id"]),
    one_of("step", BATCH_STEPS),
    Index("ix_batch_step_town_id_batch_id", "town_id", "batch_id"),
)

batch_signature = town_table(
    "batch_signature",
    Column("batch_id", ID, primary_key=True),
    Column("village_group", Text, primary_key=True),
    Column("name", Text, primary_key=True),
    ForeignKeyConstraint(["town_id", "batch_id"], ["batch.town_id", "batch.batch_id"]),
)

score = town_table(
    "score",
    Column("household_id", ID, primary_key=True),
    Column("quarter", Text, primary_key=True),
    Column("tenths", INT, nullable=False),
    Column("posted_on", Day, nullable=False),
    Column("batch_id", ID, comment="the posting that brought it"),
    Column("change_id", ID, comment="the split that copied it to the new household"),
    ForeignKeyConstraint(["town_id", "household_id"], ["household.town_id", "household.household_id"]),
    ForeignKeyConstraint(["town_id", "batch_id"], ["batch.town_id", "batch.batch_id"]),
    CheckConstraint("tenths BETWEEN 0 AND 1000", name="tenths_in_range"),
    CheckConstraint("(batch_id IS NULL) <> (change_id IS NULL)", name="one_origin"),
    Index("ix_score_town_id_batch_id", "town_id", "batch_id"),
    index_where("ix_score_town_id_change_id", "town_id", "change_id", where="change_id IS NOT NULL"),
)

base_credit = town_table(
    "base_credit",
    Column("household_id", ID, primary_key=True),
    Column("window_name", Text, primary_key=True, comment="2024H1, or 2024Q2 where every quarter is paid"),
    Column("points", INT, nullable=False),
    Column("batch_id", ID, comment="the posting that completed it"),
    Column("change_id", ID, comment="the split after which it is not credited to the new household again"),
    ForeignKeyConstraint(["town_id", "household_id"], ["household.town_id", "household.household_id"]),
    Index("ix_base_credit_town_id_batch_id", "town_id", "batch_id"),
    index_where("ix_base_credit_town_id_change_id", "town_id", "change_id", where="change_id IS NOT NULL"),
)

act = town_table(
    "act",
    Column("household_id", ID, primary_key=True),
    Column("name", Text, primary_key=True),
    Column("on_date", Day, primary_key=True),
    Column("item", Text, primary_key=True),
    Column("times", INT, nullable=False),
    Column("points", INT, nullable=False),
    Column("rulebook_id", ID, nullable=False),
    Column("batch_id", ID, nullable=False),
    *_personal(),
    ForeignKeyConstraint(["town_id", "household_id"], ["household.town_id", "household.household_id"]),
    ForeignKeyConstraint(["town_id", "batch_id"], ["batch.town_id", "batch.batch_id"]),
    Index("ix_act_town_id_batch_id", "town_id", "batch_id"),
)

veto = town_table(
    "veto",
    Column("veto_id", ID, primary_key=True),
    Column("household_id", ID, nullable=False),
    Column("clause", Text, nullable=False),
    Column("facts", Text, nullable=False),
    Column("conduct_on", Day, nullable=False),
    Column("effective_on", Day, nullable=False),
    Column("cleared", INT, nullable=False, comment="points its entry took"),
    Column("recorded_by", Text, nullable=False),
    Column("approved_by", Text, nullable=False),
    Column("recorded_at", Moment, nullable=False),
    Column("lifted_on", Day),
    Column("lifted_facts", Text),
    Column("lifted_by", Text),
    Column("lift_approved_by", Text),
    Column("copied_from", ID, comment="the veto of the household that this one came out of, which is lifted there"),
    Column("released_on", Day, comment="for the black list"),
    Column("released_reason", Text),
    Column("released_by", Text),
    Column("release_approved_by", Text),
    ForeignKeyConstraint(["town_id", "household_id"], ["household.town_id", "household.household_id"]),
    CheckConstraint("recorded_by <> approved_by", name="two_people"),
    CheckConstraint("lift_approved_by IS NULL OR lift_approved_by <> lifted_by", name="two_people_lift"),
    CheckConstraint("released_by IS NULL OR release_approved_by <> released_by", name="two_people_release"),
    CheckConstraint("lifted_on IS NULL OR lifted_on > effective_on", name="lifted_later"),
    Index("ix_veto_town_id_household_id", "town_id", "household_id"),
)

veto_proposal = town_table(
    "veto_proposal",
    Column("household_id", ID, primary_key=True),
    Column("conduct_on", Day, primary_key=True),
    Column("clause", Text, primary_key=True),
    Column("facts", Text, nullable=False),
    Column("batch_id", ID, nullable=False),
    Column("dismissed_on", Day),
    Column("dismissed_reason", Text),
    Column("dismissed_by", Text),
    Column("dismiss_approved_by", Text),
    ForeignKeyConstraint(["town_id", "household_id"], ["household.town_id", "household.household_id"]),
    CheckConstraint("dismissed_by IS NULL OR dismiss_approved_by <> dismissed_by", name="two_people"),
)

objection = town_table(
    "objection",
    Column("batch_id", ID, primary_key=True),
    Column("number", INT, primary_key=True, comment="1, 2 … within its batch"),
    Column("booklet", Text, comment="of the household it is about, where it is about one"),
    Column("told", Text, nullable=False, comment="what is objected"),
    Column("by_name", Text, nullable=False, comment="who objects; empty where nobody gave a name"),
    Column("on_date", Day, nullable=False),
    Column("recorded_by", Text, nullable=False),
    Column("recorded_at", Moment, nullable=False),
    Column("state", Text, nullable=False),
    Column("answer", Text),
    Column("settled_on", Day),
    Column("settled_by", Text),
    ForeignKeyConstraint(["town_id", "batch_id"], ["batch.town_id", "batch.batch_id"]),
    one_of("state", OBJECTION_STATES),
)

official = town_table(
    "official",
    Column("official_id", ID, primary_key=True),
    Column("village_id", ID, nullable=False),
    Column("name", Text, nullable=False),
    Column("village_group", Text, nullable=False),
    Column("lead", INT, nullable=False, comment="1 of the one who leads the group, else 0"),
    Column("from_date", Day, nullable=False),
    Column("until_date", Day, comment="the first day on which they hold office no more"),
    Column("recorded_by", Text, nullable=False),
    Column("recorded_at", Moment, nullable=False),
    Column("ended_by", Text),
    ForeignKeyConstraint(["town_id", "village_id"], ["village.town_id", "village.village_id"]),
    one_of("village_group", ("assessment", "supervision")),
    Index("ix_official_town_id_village_id", "town_id", "village_id"),
)

PERSONAL_OWNERS = (household_state, member, act, batch)
"""The tables whose rows have a personal part."""

CHANGE = document(
    "household_change",
    part(household_change, "change_id"),
    part(score_correction, "change_id"),
    part(score, "change_id", only=score.c.change_id.is_not(None)),
    part(base_credit, "change_id", only=base_credit.c.change_id.is_not(None)),
)
ERASURE = document("erasure", part(erasure, "erasure_id"), part(erased_part, "erasure_id"))
VILLAGE = document("village", part(village, "village_id"))
HOUSEHOLD = document(
    "household",
    part(household, "household_id"),
    part(booklet, "household_id"),
    part(household_state, "household_id"),
    part(member, "household_id"),
)
BATCH = document(
    "batch",
    part(batch, "batch_id"),
    part(batch_step, "batch_id"),
    part(batch_signature, "batch_id"),
    part(score, "batch_id", only=score.c.batch_id.is_not(None)),
    part(act, "batch_id"),
    part(base_credit, "batch_id", only=base_credit.c.change_id.is_(None)),
)
VETO = document("veto", part(veto, "veto_id"))
PROPOSAL = document("proposal", part(veto_proposal, "household_id", "conduct_on", "clause"))
OBJECTION = document("objection", part(objection, "batch_id", "number"))
OFFICIAL = document("official", part(official, "official_id"))
