"""The running service: its parts, wired; the start of its process, and the end."""

from app.service.first_start import DEMO_PASSWORD_FILE
from app.service.service import Service

__all__ = ["DEMO_PASSWORD_FILE", "Service"]
