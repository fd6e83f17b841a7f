"""Sign-ins are remembered for seconds, and forgotten at once when they end here."""

import asyncio

from app.api.sign_ins import REMEMBER_MS, SignIns


class Sql:
    """Knows who is signed in, and counts how often it was asked."""

    def __init__(self) -> None:
        self.valid = {"token": "ana"}
        self.asked = 0
        self.hold = asyncio.Event()
        self.hold.set()

    async def find(self, token: str, now: int) -> str | None:
        self.asked += 1
        found = self.valid.get(token)
        await self.hold.wait()
        return found


async def test_a_page_that_asks_often_asks_sql_once_in_a_while() -> None:
    sql = Sql()
    sign_ins = SignIns(sql.find, str)
    assert [await sign_ins.find("token", now) for now in (0, 1, REMEMBER_MS - 1)] == ["ana"] * 3
    assert sql.asked == 1
    assert await sign_ins.find("token", REMEMBER_MS) == "ana"
    assert sql.asked == 2


async def test_who_is_not_signed_in_is_asked_about_each_time() -> None:
    sql = Sql()
    sign_ins = SignIns(sql.find, str)
    assert await sign_ins.find("wrong", 0) is None
    sql.valid["wrong"] = "ben"
    assert await sign_ins.find("wrong", 1) == "ben"


async def test_what_ends_here_is_over_at_once() -> None:
    sql = Sql()
    sign_ins = SignIns(sql.find, str)
    assert await sign_ins.find("token", 0) == "ana"
    sql.valid.clear()
    sign_ins.forget("token")
    assert await sign_ins.find("token", 1) is None

    sql.valid["token"] = "ana"
    assert await sign_ins.find("token", 2) == "ana"
    sql.valid.clear()
    sign_ins.forget_all("ana")
    assert await sign_ins.find("token", 3) is None


async def test_a_sign_in_that_ends_while_sql_is_asked_is_not_remembered() -> None:
    sql = Sql()
    sign_ins = SignIns(sql.find, str)
    sql.hold.clear()
    asking = asyncio.create_task(sign_ins.find("token", 0))
    await asyncio.sleep(0)
    sql.valid.clear()
    sign_ins.forget_all("ana")
    sql.hold.set()
    await asking
    assert await sign_ins.find("token", 1) is None
