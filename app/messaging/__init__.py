"""Written conversations: one path for every message, and telling of it."""

from app.messaging.attachments import FileStore
from app.messaging.notes import MailChanged, MessageAdded, Note, Notes, ReadUpTo, Typing
from app.messaging.path import MessagePath, Overloaded, Store
from app.messaging.reply_tokens import ReplyTokens
from app.messaging.tokens import Tokens

__all__ = [
    "FileStore",
    "MailChanged",
    "MessageAdded",
    "MessagePath",
    "Note",
    "Notes",
    "Overloaded",
    "ReadUpTo",
    "ReplyTokens",
    "Store",
    "Tokens",
    "Typing",
]
