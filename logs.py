"""What our processes write down: lines of JSON to standard error, which Ray keeps with its own logs."""

import hashlib
import json
import logging
import re
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, datetime
from typing import Final

FOR_PEOPLE: Final = "%(asctime)s %(levelname)s %(name)s: %(message)s"
ROOMS: Final = ("actors", "agent", "channels", "indexes", "sources", "store", "web")
HIDDEN: Final = "***"
# Tokens of Meta, Shopify, OpenAI and our own, what stands behind Bearer, and secrets in addresses.
_SECRET = re.compile(
    r"\b(?:(?:IG|EA)[A-Za-z0-9]{20,}|shp(?:at|ua|ca|pa|ss|rt)_\w{8,}|sk-[\w-]{12,}|shopkeep_[\w-]{20,})"
    r"|(?<=Bearer )\S+"
    r"|(?<=access_token=)[^&\s\"']+|(?<=client_secret=)[^&\s\"']+|(?<=://)[^/\s:@]+:[^/\s@]+(?=@)"
)

_about: ContextVar[tuple[tuple[str, str], ...]] = ContextVar("about", default=())


@contextmanager
def about(**ids: str) -> Iterator[None]:
    """Lines written inside say what they are about: merchant, customer, turn, request."""
    token = _about.set((*_about.get(), *ids.items()))
    try:
        yield
    finally:
        _about.reset(token)


def customer(merchant_id: str, customer_id: str) -> str:
    """The same for the same customer of the same merchant, and no way back from it."""
    return hashlib.sha256(f"{merchant_id}\0{customer_id}".encode()).hexdigest()[:12]


class Line(logging.Formatter):
    """One JSON object a line."""

    def format(self, record: logging.LogRecord) -> str:
        line = {
            "at": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname,
            "room": record.name,
            "message": hidden(record.getMessage()),
            **dict(_about.get()),
        }
        if record.exc_info:
            line["exception"] = hidden(self.formatException(record.exc_info))
        return json.dumps(line, ensure_ascii=False)


class Words(logging.Formatter):
    """The same for people."""

    def format(self, record: logging.LogRecord) -> str:
        ids = "".join(f" {name}={value}" for name, value in _about.get())
        return hidden(super().format(record)) + ids


def hidden(text: str) -> str:
    """Without what looks like a secret: an exception of a library may quote what it was given."""
    return _SECRET.sub(HIDDEN, text)


def configure(level: str, form: str = "json") -> None:
    """For our rooms only: the libraries' own chatter stays at warnings."""
    handler = logging.StreamHandler()
    handler.setFormatter(Line() if form == "json" else Words(FOR_PEOPLE))
    logging.basicConfig(handlers=[handler], level=logging.WARNING)
    for room in ROOMS:
        logging.getLogger(room).setLevel(level)
