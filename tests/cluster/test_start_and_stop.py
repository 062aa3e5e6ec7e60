"""Two runs on one machine: neither harms the other, and nothing stays behind."""

import signal
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest

from launch.ports import free_ports
from tests.cluster.launching import Launcher, launch, ready, scratch_folder


@pytest.fixture
def other_folder() -> Iterator[Path]:
    with scratch_folder() as made:
        yield made


async def test_a_second_start_on_the_same_folder_says_so_and_ends(launcher: Launcher) -> None:
    second = await launch(launcher.folder, launcher.port, {}, output="second.txt")
    assert await second.process.wait() == 1
    printed = second.printed()
    assert f"PORT {launcher.port} is taken" in printed
    assert f"process {launcher.process.pid}" in printed
    assert launcher.process.returncode is None


async def test_a_start_on_a_port_that_is_taken_says_which_and_ends(
    launcher: Launcher, other_folder: Path
) -> None:
    second = await launch(other_folder, launcher.port, {})
    assert await second.process.wait() == 1
    assert f"PORT {launcher.port} is taken" in second.printed()
    assert f"PORT={launcher.port + 1}" in second.printed()


@pytest.mark.slow
async def test_the_start_after_a_crash_ends_what_the_crash_left(other_folder: Path) -> None:
    (port,) = free_ports(1)
    crashed = await launch(other_folder, port, {})
    await ready(crashed)
    left = crashed.started()
    crashed.process.send_signal(signal.SIGKILL)
    await crashed.process.wait()
    alive = [process for process in left if process.is_running()]
    assert alive

    next_one = await launch(other_folder, port, {}, output="next.txt")
    await ready(next_one)
    assert "that a crashed run had left behind" in next_one.printed()
    assert [process for process in psutil.process_iter() if process in left] == []
    assert await next_one.stop() == 0
