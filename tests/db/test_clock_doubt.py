"""A clock that disagrees with what was recorded last: said at every start, and a second person opens the session."""

from datetime import date, datetime, timedelta

import pytest
from sqlalchemy import Engine

from lizhi_pos.access.operators import Authority, approve, sign_in
from lizhi_pos.accounts.household_history import household_history
from lizhi_pos.checkout.market_session import close_session, open_session
from lizhi_pos.checkout.till_queries import trading_day
from lizhi_pos.db import reading, write
from lizhi_pos.engines import open_engine
from lizhi_pos.office.market_day import OfficeService
from lizhi_pos.refusal import Refusal, unwrap
from lizhi_pos.rulebook.adopted import today, zone
from lizhi_pos.town.clock_doubt import last_moment
