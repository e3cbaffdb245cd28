"""Vetoes as reports read them: one that was copied to another household is lifted where it was copied from."""

from sqlalchemy import func

from lizhi_pos.accounts.models import veto

_origin = veto.alias("origin")
LIFTED_ON = func.coalesce(veto.c.lifted_on, _origin.c.lifted_on).label("lifted_on")
VETOES = veto.outerjoin(_origin, (_origin.c.town_id == veto.c.town_id) & (_origin.c.veto_id == veto.c.copied_from))
"""Every veto beside the one it was copied from, where it was."""
