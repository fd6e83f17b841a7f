"""Written conversations: one path for every message, and telling of it."""

from app.messaging.attachments import FileStore
from app.messaging.notes import MessageAdded, Note, Notes, ReadUpTo, Typing
from app.messaging.path import MessagePath, Overloaded, Store
from app.messaging.tokens import Tokens

__all__ = [
    "FileStore",
    "MessageAdded",
    "MessagePath",
    "Note",
    "Notes",
    "Overloaded",
    "ReadUpTo",
    "Store",
    "Tokens",
    "Typing",
]
