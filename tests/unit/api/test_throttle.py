"""Failed tries are counted by key, within a window."""

from app.api.throttle import Throttle


def test_after_so_many_failures_a_key_waits_until_the_oldest_is_past() -> None:
    throttle = Throttle(limit=3, window_ms=1_000)
    for at in (0, 100, 200):
        assert throttle.wait_ms("ana", at) == 0
        throttle.failed("ana", at)
    assert throttle.wait_ms("ana", 300) == 700
    assert throttle.wait_ms("ana", 999) == 1
    assert throttle.wait_ms("ana", 1_000) == 0
    throttle.failed("ana", 1_000)
    assert throttle.wait_ms("ana", 1_001) == 99


def test_others_do_not_wait_and_success_forgives() -> None:
    throttle = Throttle(limit=1, window_ms=1_000)
    throttle.failed("ana", 0)
    assert throttle.wait_ms("ben", 0) == 0
    throttle.forgive("ana")
    assert throttle.wait_ms("ana", 0) == 0


def test_what_is_remembered_is_bounded() -> None:
    throttle = Throttle(limit=1, window_ms=1_000, keys=2)
    for name in ("ana", "ben", "chi"):
        throttle.failed(name, 0)
    assert [throttle.wait_ms(name, 0) > 0 for name in ("ana", "ben", "chi")] == [False, True, True]
