"""Private servers of one machine: started, adopted, watched and stopped."""

from app.embedded.endpoints import Endpoints
from app.embedded.machine import Embedded
from app.embedded.server import EmbeddedError

__all__ = ["Embedded", "EmbeddedError", "Endpoints"]
