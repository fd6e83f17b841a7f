"""Reading of emails, whatever they are like. Pure: bytes in, values out, and never a crash."""

from app.messaging.mail.reading import ReadMail, read, same
from app.messaging.mail.tree import File

__all__ = ["File", "ReadMail", "read", "same"]
