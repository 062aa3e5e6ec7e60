"""What this installation started is ended, and nothing else."""

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import psutil
import pytest

from launch.processes import OwnProcesses

PATIENCE_S = 5.0
OBEDIENT = "import time; print(flush=True); time.sleep(60)"
STUBBORN = f"import signal; signal.signal(signal.SIGTERM, signal.SIG_IGN); {OBEDIENT}"
# Starts a child, says its pid, and ends what it started. Not done by this process: its children are
# everything the tests have started.
ENDING = """
import subprocess, sys
from pathlib import Path
from launch.processes import OwnProcesses
child = subprocess.Popen([sys.executable, "-c", sys.argv[2]], stdout=subprocess.PIPE)
child.stdout.readline()
processes = OwnProcesses(Path(sys.argv[1]))
processes.record()
print(child.pid, Path(sys.argv[1]).exists(), flush=True)
processes.end(float(sys.argv[3]))
"""
# Records its own child, says both pids, and waits to be killed: a launcher that crashes.
LAUNCHER = """
import subprocess, sys
from pathlib import Path
from launch.processes import OwnProcesses
child = subprocess.Popen(["sleep", "60"], start_new_session=True)
OwnProcesses(Path(sys.argv[1])).record()
print(child.pid, flush=True)
child.wait()
"""

# What it recorded starts a process of its own after the crash, at a line of input: nobody recorded that one.
GRANDCHILD = """
import subprocess, sys
from pathlib import Path
from launch.processes import OwnProcesses
child = subprocess.Popen(["sh", "-c", "read line; sleep 60 & echo $!; wait"], start_new_session=True)
OwnProcesses(Path(sys.argv[1])).record()
print(child.pid, flush=True)
child.wait()
"""


class Children(list[subprocess.Popen[bytes]]):
    """Ended and reaped at the end of a test, whoever else ended them."""

    def start(self, *command: str, **rest: object) -> subprocess.Popen[bytes]:
        self.append(subprocess.Popen(command, **rest))  # type: ignore[call-overload] # noqa: S603 - the tests' own
        return self[-1]

    def end(self) -> None:
        for child in self:
            with child:
                child.kill()


@pytest.fixture
def children() -> Iterator[Children]:
    started = Children()
    yield started
    started.end()


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "processes.json"


def gone(pid: int) -> bool:
    with suppress(psutil.NoSuchProcess):
        return psutil.Process(pid).status() == psutil.STATUS_ZOMBIE
    return True


def crashed_launcher(children: Children, file: Path) -> tuple[int, int]:
    """Its pid and that of the child it left behind."""
    launcher = children.start(sys.executable, "-c", LAUNCHER, str(file), stdout=subprocess.PIPE)
    assert launcher.stdout
    left = int(launcher.stdout.readline())
    launcher.kill()
    launcher.wait()
    return launcher.pid, left


@pytest.mark.parametrize(
    ("child", "patience_s"), [(OBEDIENT, PATIENCE_S), (STUBBORN, 0.1)], ids=["obedient", "stubborn"]
)
def test_what_was_started_is_ended_even_against_its_will_and_the_record_goes(
    file: Path, child: str, patience_s: float
) -> None:
    command = [sys.executable, "-c", ENDING, str(file), child, str(patience_s)]
    said = subprocess.run(command, capture_output=True, check=True, text=True).stdout  # noqa: S603 - our own
    pid, recorded = said.split()
    assert recorded == "True"
    assert gone(int(pid))
    assert not file.exists()


def test_what_a_crashed_run_left_behind_is_ended_and_nobody_else(children: Children, file: Path) -> None:
    bystander = children.start("sleep", "60")
    _, left = crashed_launcher(children, file)
    assert not gone(left)
    assert OwnProcesses(file).end_leftovers(PATIENCE_S) == 1
    assert gone(left)
    assert not gone(bystander.pid)
    assert OwnProcesses(file).end_leftovers(PATIENCE_S) == 0


def test_what_the_left_behind_started_meanwhile_is_ended_with_it(children: Children, file: Path) -> None:
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE}
    launcher = children.start(sys.executable, "-c", GRANDCHILD, str(file), **pipes)
    assert launcher.stdin
    assert launcher.stdout
    left = int(launcher.stdout.readline())
    launcher.kill()
    launcher.wait()
    launcher.stdin.write(b"now\n")
    launcher.stdin.flush()
    later = int(launcher.stdout.readline())
    assert OwnProcesses(file).end_leftovers(PATIENCE_S) == 2
    assert gone(left)
    assert gone(later)


def test_a_pid_that_is_somebody_elses_by_now_is_left_alone(children: Children, file: Path) -> None:
    bystander = children.start("sleep", "60")
    began = psutil.Process(bystander.pid).create_time() - 10
    file.write_text(
        f'{{"launcher": {{"pid": {bystander.pid}, "began": {began}}},'
        f' "started": [{{"pid": {bystander.pid}, "began": {began}}}]}}'
    )
    processes = OwnProcesses(file)
    assert processes.running_launcher() is None
    assert processes.end_leftovers(PATIENCE_S) == 0
    assert not gone(bystander.pid)


def test_a_launcher_at_work_is_known_by_its_pid_and_a_crashed_one_is_not(
    children: Children, file: Path
) -> None:
    processes = OwnProcesses(file)
    assert processes.running_launcher() is None
    children.start("sleep", "60")
    processes.record()
    assert OwnProcesses(file).running_launcher() == os.getpid()
    crashed, left = crashed_launcher(children, file)
    assert OwnProcesses(file).running_launcher() is None
    OwnProcesses(file).end_leftovers(PATIENCE_S)
    assert gone(crashed)
    assert gone(left)


def test_a_record_that_is_none_of_ours_names_no_process(file: Path) -> None:
    file.write_text("[]")
    processes = OwnProcesses(file)
    assert processes.running_launcher() is None
    assert processes.end_leftovers(PATIENCE_S) == 0
