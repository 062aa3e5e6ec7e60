"""A network of machines on this one: a bridge, and a cable from it to each."""

import os
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from typing import ClassVar

# Nothing else is likely to be there.
SUBNET = "10.231.77"
# This process, and what it serves: database, Redis, Instagram, the way in.
OUTSIDE = f"{SUBNET}.254"


def ip(*arguments: str) -> None:
    subprocess.run(["ip", *arguments], check=True, capture_output=True)  # noqa: S603, S607 - from here, wherever it lies


def address_of(number: int) -> str:
    return f"{SUBNET}.{number}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Network:
    bridge: str
    outside: ClassVar[str] = OUTSIDE

    def plug(self, number: int, pid: int) -> None:
        """The other end of the cable is `eth0` where that process lives."""
        self.unplug(number)
        ip("link", "add", self._cable(number), "type", "veth", "peer", "name", "eth0", "netns", str(pid))
        ip("link", "set", self._cable(number), "master", self.bridge, "up")

    def unplug(self, number: int) -> None:
        """The kernel does so by itself, some time after a machine has died."""
        with suppress(subprocess.CalledProcessError):
            ip("link", "delete", self._cable(number))

    def cut(self, number: int) -> None:
        ip("link", "set", self._cable(number), "down")

    def mend(self, number: int) -> None:
        ip("link", "set", self._cable(number), "up")

    def _cable(self, number: int) -> str:
        return f"{self.bridge}-{number}"


@contextmanager
def network() -> Iterator[Network]:
    made = Network(bridge=f"sk{os.getpid()}")
    ip("link", "add", made.bridge, "type", "bridge")
    try:
        ip("address", "add", f"{OUTSIDE}/24", "dev", made.bridge)
        ip("link", "set", made.bridge, "up")
        yield made
    finally:
        ip("link", "delete", made.bridge)
