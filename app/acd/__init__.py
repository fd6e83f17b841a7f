"""The distributor: who gets what, decided atomically in Redis, with its event stream.

docs: DESIGN "The ACD". Python here only checks, sends and decodes; the decisions are in
`scripts/`, and `app.domain.routing` says the same in Python to explain them.
"""

from app.acd.clock import ServerClock
from app.acd.connection import connect, is_away
from app.acd.distributor import UNSET, Distributor, Unset
from app.acd.errors import (
    DialLimit,
    DistributorError,
    EpochLost,
    NoLeg,
    NotYours,
    UnknownAgent,
    UnknownConversation,
    WrongState,
)
from app.acd.lease import Lease
from app.acd.settings_copy import SettingsCopy, Versioned
from app.acd.stream import StreamReader
from app.acd.types import AgentProfile, Arrival, Picture, QueueRequest, Result

__all__ = [
    "UNSET",
    "AgentProfile",
    "Arrival",
    "DialLimit",
    "Distributor",
    "DistributorError",
    "EpochLost",
    "Lease",
    "NoLeg",
    "NotYours",
    "Picture",
    "QueueRequest",
    "Result",
    "ServerClock",
    "SettingsCopy",
    "StreamReader",
    "UnknownAgent",
    "UnknownConversation",
    "Unset",
    "Versioned",
    "WrongState",
    "connect",
    "is_away",
]
