"""A leg that we hung up and that is wanted again before the hang-up is done."""

from app.telephony.wants import LegAddress, LegWant
from tests.unit.telephony.asterisk_double import Bench

NUMBER = LegAddress(number="5551")


async def test_it_is_dialled_again_once_the_old_one_is_gone(bench: Bench) -> None:
    # given a leg that was dialled, answered, and that we hang up
    bench.legs.want(LegWant("ana", NUMBER, True, None))
    await bench.legs.look("ana")
    leg = bench.mirror.leg("ana")
    assert leg is not None
    leg.up = leg.in_app = True
    bench.legs.want(LegWant("ana", NUMBER, False, None))
    await bench.legs.look("ana")

    # when it is wanted again, and only then the old one ends
    bench.legs.want(LegWant("ana", NUMBER, True, None, attempt=1))
    bench.mirror.remove(leg.id)
    bench.legs.ended(leg)
    await bench.legs.look("ana")

    # then the phone is called a second time
    assert [sent for sent in bench.sent if sent.startswith("POST channels/leg-ana")] == [
        f"POST channels/{leg.id}",
        "POST channels/leg-ana-3",
    ]
