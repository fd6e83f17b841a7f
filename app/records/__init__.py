"""SQL: people, skills, settings, sign-ins, transcripts, and the archive."""

from app.records.archive import Archive, ArchivedConversation, ArchiveItem
from app.records.archive_rows import TimelineEntry
from app.records.archive_search import BadCursor, Page, Search
from app.records.audit import Audit, AuditEntry, AuditPage
from app.records.away import is_away
from app.records.canned_replies import CannedReplies, CannedReply
from app.records.drafts import Draft, Drafts
from app.records.errors import (
    Duplicate,
    InUse,
    LastAdministrator,
    Locked,
    NotFound,
    RecordsError,
    UnsupportedDatabase,
)
from app.records.import_plan import Action, Fault, Planned, Row, is_faulty
from app.records.keys import ApiKey, ApiKeys
from app.records.names import Name, Names
from app.records.people import People
from app.records.person import NewPerson, Person, PersonChanges, PersonSkill, Skill
from app.records.recordings import Recordings
from app.records.records import Records
from app.records.reports import AgentKey, AgentReport, QueueKey, Reports
from app.records.retention import Retention
from app.records.search_words import asked_for
from app.records.sessions import Sessions
from app.records.settings import Setting, SettingsTable
from app.records.skills import Holder, Skills
from app.records.snippets import Match
from app.records.talks import TalkRecording, TalkRecordings
from app.records.transcript_rows import Turn
from app.records.transcripts import Transcripts
from app.records.webhooks import Told, Webhook, Webhooks

__all__ = [
    "Action",
    "AgentKey",
    "AgentReport",
    "ApiKey",
    "ApiKeys",
    "Archive",
    "ArchiveItem",
    "ArchivedConversation",
    "Audit",
    "AuditEntry",
    "AuditPage",
    "BadCursor",
    "CannedReplies",
    "CannedReply",
    "Draft",
    "Drafts",
    "Duplicate",
    "Fault",
    "Holder",
    "InUse",
    "LastAdministrator",
    "Locked",
    "Match",
    "Name",
    "Names",
    "NewPerson",
    "NotFound",
    "Page",
    "People",
    "Person",
    "PersonChanges",
    "PersonSkill",
    "Planned",
    "QueueKey",
    "Recordings",
    "Records",
    "RecordsError",
    "Reports",
    "Retention",
    "Row",
    "Search",
    "Sessions",
    "Setting",
    "SettingsTable",
    "Skill",
    "Skills",
    "TalkRecording",
    "TalkRecordings",
    "TimelineEntry",
    "Told",
    "Transcripts",
    "Turn",
    "UnsupportedDatabase",
    "Webhook",
    "Webhooks",
    "asked_for",
    "is_away",
    "is_faulty",
]
