"""The records as one object: open it, use its parts, close it."""

import sqlalchemy as sa

from app.records.archive import Archive
from app.records.attachments import Attachments
from app.records.audit import Audit
from app.records.canned_replies import CannedReplies
from app.records.database import Database, make_engine
from app.records.dial_rules import DialRules
from app.records.drafts import Drafts
from app.records.emails import Emails
from app.records.imports import Imports
from app.records.keys import ApiKeys
from app.records.mailboxes import Mailboxes
from app.records.messages import Messages
from app.records.migrate import migrate
from app.records.names import Names
from app.records.people import People
from app.records.reports import Reports
from app.records.retention import Retention
from app.records.routing import Calendars, RoutingRules
from app.records.rule_preview import RulePreview
from app.records.schema import break_reasons, dispositions
from app.records.sessions import Sessions
from app.records.settings import SettingsTable
from app.records.skills import Skills
from app.records.talks import TalkRecordings
from app.records.transcripts import Transcripts
from app.records.visitors import Visitors, Widgets
from app.records.webhooks import Webhooks


class Records:
    """Everything that lives in SQL. Only the archive's task and API reads may wait for it."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self.people = People(database)
        self.skills = Skills(database)
        self.sessions = Sessions(database)
        self.keys = ApiKeys(database)
        self.dispositions = Names(database, dispositions, "disposition")
        self.break_reasons = Names(database, break_reasons, "break reason")
        self.dial_rules = DialRules(database)
        self.calendars = Calendars(database)
        self.routing_rules = RoutingRules(database)
        self.rule_preview = RulePreview(database)
        self.settings = SettingsTable(database)
        self.audit = Audit(database)
        self.imports = Imports(database)
        self.archive = Archive(database)
        self.reports = Reports(database)
        self.retention = Retention(database)
        self.talks = TalkRecordings(database)
        self.transcripts = Transcripts(database)
        self.messages = Messages(database)
        self.mailboxes = Mailboxes(database)
        self.emails = Emails(database)
        self.drafts = Drafts(database)
        self.attachments = Attachments(database)
        self.visitors = Visitors(database)
        self.webhooks = Webhooks(database)
        self.widgets = Widgets(database)
        self.canned_replies = CannedReplies(database)

    @classmethod
    async def open(cls, url: str) -> "Records":
        """Connect, and bring the schema to the newest version.

        Raises UnsupportedDatabase, and what the driver raises when it cannot connect.
        """
        await migrate(url)
        return cls(Database(make_engine(url)))

    async def ping(self) -> None:
        """One round trip, for readiness. Raises what the driver raises when it is away."""
        async with self._database.read() as connection:
            await connection.execute(sa.select(sa.literal(1)))

    async def close(self) -> None:
        """Close every connection; nothing may be used afterwards."""
        await self._database.close()
