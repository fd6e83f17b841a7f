"""Private servers of one machine: started, adopted, watched and stopped."""

from app.embedded.asterisk import install_folder
from app.embedded.asterisk_config import trunk_host
from app.embedded.check_dialplan import check_dialplan
from app.embedded.demo_bot import DemoBot
from app.embedded.endpoints import Endpoints
from app.embedded.machine import Embedded, StateLock
from app.embedded.server import EmbeddedError, is_free

__all__ = [
    "DemoBot",
    "Embedded",
    "EmbeddedError",
    "Endpoints",
    "StateLock",
    "check_dialplan",
    "install_folder",
    "is_free",
    "trunk_host",
]
