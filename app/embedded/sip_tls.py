"""SIP over TLS: what the private Asterisk is told of certificates, and which trunks want it."""

import os
import ssl
from pathlib import Path

from app.config import Address, Trunk


def over(trunk: Trunk) -> str:
    """The transport of a trunk's URI: `udp`, `tcp` or `tls` (RFC 3261, 19.1.1 and 26.2.2)."""
    uri = trunk.uri.lower()
    if uri.startswith("sips:") or ";transport=tls" in uri:
        return "tls"
    return "tcp" if ";transport=tcp" in uri else "udp"


def tls_lines(sip: Address, bind: Address | None, cert: Path | None, key: Path | None) -> list[str]:
    """Of the transport for phones that come in over TLS, and for a trunk that is reached so.

    A trunk's certificate is verified. Without `bind` the transport serves a trunk alone: its own
    port is one that nobody is told, and without a certificate nobody can come in there.
    """
    lines = [f"bind = {bind or Address(sip.host, 0)}", f"ca_list_file = {authorities()}"]
    if bind is not None:
        lines += [f"cert_file = {cert}", f"priv_key_file = {key}"]
    return lines


def authorities() -> str:
    """Whose certificates are believed: the machine's, or those of SSL_CERT_FILE, as for mail."""
    usual = ssl.get_default_verify_paths()
    return os.environ.get("SSL_CERT_FILE") or usual.cafile or "/etc/ssl/certs/ca-certificates.crt"
