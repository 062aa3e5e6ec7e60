"""A machine: a network, a name, processes and a /tmp of its own. The code is on all of them."""

import asyncio
import os
import shutil
import signal
import subprocess
from collections.abc import Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import psutil

from tests.cluster.launching import ROOT
from tests.machines.network import Network, address_of

# All but the files outside of /tmp. Whoever kills the first process pulls the plug: the others go with it.
OWN = ("--mount", "--net", "--uts", "--pid")
HOME = "/tmp/home"  # noqa: S108 - its own
COMMAND_S = 300.0


def impossible() -> str | None:
    """Why there can be no machines here, in words."""
    if absent := [tool for tool in ("ip", "unshare", "nsenter") if shutil.which(tool) is None]:
        return f"{absent[0]} is missing (Debian: apt install iproute2 util-linux)"
    if os.geteuid() != 0:
        return "namespaces need root"
    probe = subprocess.run(  # noqa: S603 - from here
        ["unshare", *OWN, "--fork", "true"],  # noqa: S607 - wherever it lies
        capture_output=True,
        check=False,
    )
    return f"namespaces are not permitted: {probe.stderr.decode()}" if probe.returncode else None


def namespace_of(process: psutil.Process) -> str:
    """As /proc names it. OSError where it has ended."""
    return str(Path(f"/proc/{process.pid}/ns/pid").readlink())


class CommandFailed(Exception):
    pass


@dataclass(slots=True, kw_only=True)
class Machine:
    """`disk` becomes its /tmp; `environment` is that of every command on it."""

    number: int
    network: Network
    disk: Path
    environment: Mapping[str, str]
    _first: psutil.Process | None = None  # seen from here

    @property
    def address(self) -> str:
        return address_of(self.number)

    @property
    def runs(self) -> bool:
        return self._first is not None

    async def boot(self) -> None:
        home = self.disk / "home"
        home.mkdir(parents=True, exist_ok=True)
        if not (home / "shopkeep").exists():
            (home / "shopkeep").symlink_to(ROOT)
        # The shell stays, to bury what others leave behind.
        shell = f"mount --bind {self.disk} /tmp; hostname machine-{self.number}; echo; sleep infinity & wait"
        outer = await asyncio.create_subprocess_exec(
            *("unshare", *OWN, "--mount-proc", "--fork", "--kill-child", "sh", "-c", shell),
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.DEVNULL,
            start_new_session=True,
        )
        assert outer.stdout
        await outer.stdout.readline()
        (self._first,) = psutil.Process(outer.pid).children()
        self.network.plug(self.number, self._first.pid)
        await self.run(
            f"ip link set lo up; ip address add {self.address}/24 dev eth0; ip link set eth0 up; "
            # Ray asks for the way out to find its own address.
            f"ip route add default via {self.network.outside}"
        )

    async def run(self, command: str, **more: str) -> str:
        """What it prints. CommandFailed with all of that where it fails."""
        assert self._first
        process = await asyncio.create_subprocess_exec(
            *("nsenter", "--target", str(self._first.pid), "--mount", "--net", "--uts", "--pid"),
            *("bash", "-c", command),
            env={**self.environment, "HOME": HOME, **more},
            cwd="/",
            stdin=asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.STDOUT,
        )
        async with asyncio.timeout(COMMAND_S):
            output, _ = await process.communicate()
        if process.returncode:
            raise CommandFailed(f"{command}\n{output.decode()}")
        return output.decode()

    def namespace(self) -> str:
        """Of its processes, as /proc names it."""
        assert self._first
        return namespace_of(self._first)

    def kill(self) -> None:
        """All in it at once."""
        if self._first:
            with suppress(psutil.NoSuchProcess):
                self._first.send_signal(signal.SIGKILL)
                self._first.wait()
            self._first = None

    def cut(self) -> None:
        """Its processes live on and reach nobody."""
        self.network.cut(self.number)

    def mend(self) -> None:
        self.network.mend(self.number)

    async def shun(self, others: Iterable["Machine"]) -> None:
        """Its packets no longer get to these; all else it reaches."""
        await self.run(
            "; ".join(f"ip route add blackhole {other.address}" for other in self._besides(others))
        )

    async def shun_no_longer(self, others: Iterable["Machine"]) -> None:
        await self.run(
            "; ".join(f"ip route del blackhole {other.address}" for other in self._besides(others))
        )

    def _besides(self, others: Iterable["Machine"]) -> list["Machine"]:
        return [other for other in others if other is not self]
