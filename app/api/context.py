"""What every handler may use."""

from dataclasses import dataclass

from app.api.hub import Hub
from app.api.metrics import Metrics
from app.api.ports import DeskPort
from app.api.sessions import Sessions
from app.api.today import Today
from app.config import Settings
from app.records import Records


@dataclass(frozen=True, slots=True)
class Api:
    """The parts that stand behind the routes of one application."""

    desk: DeskPort
    records: Records
    settings: Settings
    sessions: Sessions
    hub: Hub
    metrics: Metrics
    today: Today
    document: bytes
    """The OpenAPI document."""
