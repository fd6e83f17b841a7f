"""Asterisk: the ARI and AMI links, customers' calls, agents' legs, SIP endpoints."""

from app.telephony.announcements import first_told
from app.telephony.ari_errors import AriError, LinkDown, NotFound, Timeout
from app.telephony.desk_phone_rules import entries_of
from app.telephony.endpoints import WEB_PREFIX, SipEndpoint
from app.telephony.facts import (
    AsteriskRestarted,
    CallArrived,
    CallDigit,
    CallGone,
    ContactChanged,
    Fact,
    LegAnswered,
    LegDigit,
    LegFailed,
    LegFault,
    LegGone,
    LegRinging,
    LegSilent,
    LegUp,
    LinkChanged,
    LinkStatus,
    Reconciled,
    SecurityAlert,
    TalkJoined,
    WaitTold,
)
from app.telephony.settings import TelephonySettings
from app.telephony.sip_socket import MAX_FRAME, SipDown, SipSocket
from app.telephony.spool import LeftMessage, Spool
from app.telephony.telephony import Telephony
from app.telephony.wants import (
    HELD,
    MUTED,
    PARTY_PREFIX,
    CallOut,
    CallWant,
    LegAddress,
    LegWant,
    Place,
)

__all__ = [
    "HELD",
    "MAX_FRAME",
    "MUTED",
    "PARTY_PREFIX",
    "WEB_PREFIX",
    "AriError",
    "AsteriskRestarted",
    "CallArrived",
    "CallDigit",
    "CallGone",
    "CallOut",
    "CallWant",
    "ContactChanged",
    "Fact",
    "LeftMessage",
    "LegAddress",
    "LegAnswered",
    "LegDigit",
    "LegFailed",
    "LegFault",
    "LegGone",
    "LegRinging",
    "LegSilent",
    "LegUp",
    "LegWant",
    "LinkChanged",
    "LinkDown",
    "LinkStatus",
    "NotFound",
    "Place",
    "Reconciled",
    "SecurityAlert",
    "SipDown",
    "SipEndpoint",
    "SipSocket",
    "Spool",
    "TalkJoined",
    "Telephony",
    "TelephonySettings",
    "Timeout",
    "WaitTold",
    "entries_of",
    "first_told",
]
