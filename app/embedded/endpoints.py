"""Where the service reaches its servers, and `run/endpoints.json`, which tells other programs."""

import json
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from app.config import Settings
from app.embedded.server import Ports, Secrets, write_private
from app.embedded.valkey import redis_url


@dataclass(frozen=True, slots=True)
class Endpoints:
    """Redis, ARI and AMI, whether embedded or configured from outside."""

    redis_url: str
    ari_url: str
    ari_user: str
    ari_password: str
    ami_host: str
    ami_port: int
    ami_user: str
    ami_password: str

    @classmethod
    def choose(cls, settings: Settings, ports: Ports, secrets: Secrets) -> "Endpoints":
        """The configured ones; the embedded servers' where nothing is configured."""
        ami_host, ami_port = _ami(settings, ports)
        embedded = settings.embedded_asterisk
        return cls(
            redis_url=settings.redis_url or redis_url(ports, secrets),
            ari_url=settings.ari_url or f"http://127.0.0.1:{ports.pick('ari')}/ari",
            ari_user=settings.ari_user,
            ari_password=settings.ari_password or (secrets.get("ari") if embedded else ""),
            ami_host=ami_host,
            ami_port=ami_port,
            ami_user=settings.ami_user,
            ami_password=settings.ami_password or (secrets.get("ami") if embedded else ""),
        )

    @classmethod
    def read(cls, settings: Settings) -> "Endpoints":
        """Where they are by the settings and by what a service wrote. Raises OSError, ValueError
        and KeyError while nobody has started one here and not all of them are set."""
        run = settings.state_dir / "run"
        told = json.loads((run / "endpoints.json").read_text()) if run.exists() else {}
        return cls(
            redis_url=settings.redis_url or told["redis"]["url"],
            ari_url=settings.ari_url or told["ari"]["url"],
            ari_user=settings.ari_user,
            ari_password=settings.ari_password or told["ari"]["password"],
            ami_host=settings.ami.host if settings.ami else told["ami"]["host"],
            ami_port=settings.ami.port if settings.ami else told["ami"]["port"],
            ami_user=settings.ami_user,
            ami_password=settings.ami_password or told["ami"]["password"],
        )

    def write(self, path: Path) -> None:
        """Tell monitors and tests where the servers are; mode 0600, for it holds passwords."""
        told = {
            "redis": {"url": self.redis_url},
            "ari": {"url": self.ari_url, "user": self.ari_user, "password": self.ari_password},
            "ami": {
                "host": self.ami_host,
                "port": self.ami_port,
                "user": self.ami_user,
                "password": self.ami_password,
            },
        }
        write_private(path, json.dumps(told, indent=1) + "\n")


def _ami(settings: Settings, ports: Ports) -> tuple[str, int]:
    """An Asterisk configured by its ARI address alone has AMI on the same host, port 5038."""
    if settings.ari_url is None:
        return "127.0.0.1", ports.pick("ami")
    if settings.ami:
        return settings.ami.host, settings.ami.port
    return urlsplit(settings.ari_url).hostname or "127.0.0.1", 5038
