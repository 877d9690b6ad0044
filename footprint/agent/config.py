"""What the agent is asked to do, and what it refuses.

FootprintError
└── AgentError           the agent can't do what is asked; exit code 1
    └── AlreadyRunning   another agent measures this host; exit code 3
"""

from __future__ import annotations

import math
import re
from dataclasses import dataclass, field
from pathlib import Path

from collectors.rules import Rules
from footprint.errors import FootprintError

LOCK = "agent"
LOOPBACK = "127.0.0.1"
DEFAULT_DISK = 200 * 10**6
_UNITS = {"": 1, "K": 10**3, "M": 10**6, "G": 10**9, "T": 10**12}
_SIZE = re.compile(r"(\d{1,9})\s*([KMGT]?)(?:B|O)?", re.IGNORECASE)


class AgentError(FootprintError):
    """The agent can't do what is asked."""


class AlreadyRunning(AgentError):
    """Another agent measures this host: counting it twice would be wrong."""

    exit_code = 3

    def __init__(self) -> None:
        super().__init__(
            "Un autre agent mesure déjà cette machine : elle ne doit pas être comptée deux fois. Arrêtez-le "
            "d’abord (systemctl stop footprint-agent), ou laissez-le faire.",
            "Another agent already measures this host: it must not be counted twice. Stop it first "
            "(systemctl stop footprint-agent), or leave it to it.",
        )


@dataclass(frozen=True, slots=True)
class Sending:
    """Where finished records are sent: `url` of the server, `token`, `ca`: certificates of its authority."""

    url: str
    token: str = field(repr=False)
    ca: Path | None = None


@dataclass(frozen=True, slots=True)
class AgentConfig:
    """The options of the agent.

    `home`: folder of the local state; `seconds`: how long, None for ever; `zone`: electricity zone; `asset`:
    name of this server in the inventory; `metrics`: (host, port) to show counters on; `max_disk`: bytes of the
    spool; `root`: where /proc and the groups are looked for; `lock`: name elected on the host.
    """

    home: Path
    seconds: float | None = None
    zone: str | None = None
    asset: str | None = None
    rules: Rules = field(default_factory=Rules)
    metrics: tuple[str, int] | None = None
    sending: Sending | None = None
    max_disk: int = DEFAULT_DISK
    root: Path = Path("/")
    lock: str = LOCK


def read_size(text: str) -> int:
    """Bytes from "200M", "1,5 G" is refused: whole numbers with K, M, G or T (powers of 1000).

    Raises AgentError.
    """
    found = _SIZE.fullmatch(text.strip())
    if not found or int(found.group(1)) == 0:
        raise AgentError(
            f"« {text} » n’est pas une taille : écrivez par exemple 200M ou 1G.",
            f"“{text}” is not a size: write for instance 200M or 1G.",
        )
    return int(found.group(1)) * _UNITS[found.group(2).upper()]


def read_address(text: str) -> tuple[str, int]:
    """(host, port) from "[HOST:]PORT", the loopback without a host. Raises AgentError."""
    host, _, port = text.strip().rpartition(":")
    if not port.isdecimal() or len(port) > 5 or not 0 <= int(port) <= 65535:
        raise AgentError(
            f"« {text} » n’est pas une adresse : écrivez PORT ou HÔTE:PORT, par exemple 9464.",
            f"“{text}” is not an address: write PORT or HOST:PORT, such as 9464.",
        )
    return host.removeprefix("[").removesuffix("]") or LOOPBACK, int(port)


def read_token(path: Path) -> str:
    """The token a file holds. Raises AgentError."""
    try:
        token = path.read_text(encoding="ascii").strip()
    except (OSError, UnicodeDecodeError) as error:
        from pos_map.reasons import reason

        fr, en = reason(error) if isinstance(error, OSError) else (type(error).__name__,) * 2
        raise AgentError(
            f"Jeton illisible ({path.name} : {fr}). Vérifiez --token-file et les droits du fichier.",
            f"The token can't be read ({path.name}: {en}). Check --token-file and the file's permissions.",
        ) from error
    if not token:
        raise AgentError(
            f"{path.name} est vide : mettez-y le jeton donné par « footprint token create ».",
            f"{path.name} is empty: put in it the token given by “footprint token create”.",
        )
    return token


def read_seconds(seconds: float | None) -> float | None:
    """A length of time that is finite and above 0, or None. Raises AgentError."""
    if seconds is not None and not (math.isfinite(seconds) and seconds > 0):
        raise AgentError(
            "La durée doit être un nombre de secondes.", "The length must be a number of seconds."
        )
    return seconds
