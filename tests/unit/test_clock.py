"""The machine's own clock: the time in UTC, and keys that are in order."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from uuid import UUID

from lizhi_pos.clock import MACHINE_CLOCK
from lizhi_pos.ids import TICKS_PER_MS, uuid7


def test_the_present_moment_is_in_utc() -> None:
    now = MACHINE_CLOCK.now()
    assert now.tzinfo is UTC
    assert abs(datetime.now(UTC) - now) < timedelta(minutes=1)


def test_keys_are_in_the_order_they_were_made() -> None:
    keys = [MACHINE_CLOCK.new_id() for _ in range(10_000)]
    assert keys == sorted(keys)
    assert len(set(keys)) == len(keys)


def test_threads_never_get_the_same_key() -> None:
    with ThreadPoolExecutor(4) as pool:
        made = pool.map(lambda _: [MACHINE_CLOCK.new_id() for _ in range(2_000)], range(4))
        keys = [key[:8] for some in made for key in some]
    # also without what is random in them
    assert len(set(keys)) == len(keys)


def test_a_key_is_a_uuid_of_version_7_with_the_moment_in_front() -> None:
    moment = datetime(2024, 4, 28, 1, 41, tzinfo=UTC)
    milliseconds = int(moment.timestamp()) * 1000
    key = UUID(bytes=bytes(uuid7(milliseconds * TICKS_PER_MS + 7, 5)))
    assert (key.version, key.variant) == (7, "specified in RFC 4122")
    assert key.int >> 80 == milliseconds
    assert key.int >> 64 & (TICKS_PER_MS - 1) == 7
    assert key.int & ((1 << 62) - 1) == 5
