"""Mails that were set aside: what lies there, and making conversations of it after all."""

from sqlalchemy.exc import SQLAlchemyError

from app.desk.errors import NotFound, Unavailable, WrongState
from app.desk.mail_in import MailIn
from app.domain.mail import Direction, Email, MailState
from app.messaging import Overloaded
from app.records import Records


class MailAside:
    """The use cases of a person who looks through what the service took for a loop or a machine."""

    def __init__(self, mail_in: MailIn, records: Records) -> None:
        self._mail_in = mail_in
        self._records = records

    async def page(self, limit: int, cursor: str | None) -> tuple[list[Email], str | None]:
        """What lies aside, newest first, and the cursor of what comes after. Raises ValueError for
        a cursor that no page gave."""
        return await self._records.emails.aside(limit, cursor)

    async def begin(self, id: str) -> tuple[Email, str]:
        """Make a conversation of one; its id. Again, it is the same conversation. Raises NotFound,
        WrongState, Unavailable."""
        email = await self._records.emails.get(id)
        if email is None or email.direction is not Direction.IN:
            raise NotFound("there is no such mail any more")
        if email.state is MailState.FILED and email.conversation_id is not None:
            return email, email.conversation_id
        if email.state is not MailState.ASIDE:
            raise WrongState("this mail is on its way into a conversation by itself")
        try:
            return email, await self._mail_in.begin(email)
        except (Overloaded, SQLAlchemyError, OSError):
            raise Unavailable("mails cannot be stored now; try again later") from None
