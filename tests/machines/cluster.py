"""Three machines, started with the commands of cluster.local.yaml."""

import asyncio
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass

import psutil
import yaml

from tests.cluster.launching import ROOT
from tests.cluster.polling import until
from tests.machines.machine import Machine, namespace_of
from tests.machines.passing_on import Connection, reached

# Told each node beyond what the file says: three share the processor, and nobody looks at a dashboard.
HEAD = " --num-cpus=1 --object-store-memory=100000000 --include-dashboard=false"
WORKER = " --num-cpus=1 --object-store-memory=100000000"
BOOTSTRAP = " --autoscaling-config=~/ray_bootstrap_config.yaml"
FRONT_PORT = 8000
BACK_S = 180.0


def _commands(of: str) -> list[str]:
    wanted = yaml.safe_load((ROOT / "cluster.local.yaml").read_text())[f"{of}_start_ray_commands"]
    return [str(command) for command in wanted]


@dataclass(slots=True, kw_only=True)
class Cluster:
    machines: list[Machine]
    _next: int = 0

    @property
    def head(self) -> Machine:
        return self.machines[0]

    @property
    def workers(self) -> list[Machine]:
        return self.machines[1:]

    async def boot(self) -> None:
        for machine in self.machines:
            await machine.boot()

    async def start(self) -> None:
        """As `ray up` does: the head waits for the workers before it starts what runs."""
        async with asyncio.TaskGroup() as group:
            ray_runs = asyncio.Event()
            group.create_task(self._start_head(ray_runs))
            await ray_runs.wait()
            for worker in self.workers:
                group.create_task(self.join(worker))

    async def _start_head(self, ray_runs: asyncio.Event) -> None:
        for command in _commands("head"):
            await self.head.run(command.replace(BOOTSTRAP, HEAD))
            if "ray start" in command:
                ray_runs.set()

    async def join(self, worker: Machine) -> None:
        for command in _commands("worker"):
            await worker.run(
                command + (WORKER if "ray start" in command else ""), RAY_HEAD_IP=self.head.address
            )

    async def restart_head(self) -> None:
        """Only Ray itself: the rest is for the cluster to remember."""
        for command in _commands("head"):
            if "/ray " in command:
                await self.head.run(command.replace(BOOTSTRAP, HEAD))

    def end(self) -> None:
        for machine in self.machines:
            machine.kill()

    async def front(self) -> Connection | None:
        """To one of the machines that let anybody in, each time the next."""
        for _ in self.machines:
            self._next += 1
            machine = self.machines[self._next % len(self.machines)]
            if connection := await reached(machine.address, FRONT_PORT):
                return connection
        return None

    def running(self, title: str) -> dict[int, Machine]:
        """Processes with such a title (Ray names them after the actor in them), and where each is."""
        there = {machine.namespace(): machine for machine in self.machines if machine.runs}
        return {process.pid: there[where] for process, where in _titled(title) if where in there}

    async def complete(self, title: str, count: int, *, besides: Machine | None = None) -> None:
        """Return once so many of them run; those of the machine `besides` do not count."""

        async def all_there() -> bool:
            found = self.running(title).values()
            return sum(machine is not besides for machine in found) >= count

        await until(all_there, what=f"{count} of {title}", timeout_s=BACK_S)


def _titled(title: str) -> Iterator[tuple[psutil.Process, str]]:
    for process in psutil.process_iter():
        with suppress(psutil.Error, OSError):
            if title in " ".join(process.cmdline()):
                yield process, namespace_of(process)
