"""A script finds the installation of its data folder, and no other."""

import os
from pathlib import Path

import psutil
import pytest

from launch.processes import Identity, Run
from launch.running import NotRunning, Running, announced, find
from models.codec import to_json
from settings import Settings

HERE = Running(ray_address="127.0.0.1:6400", database_url="postgresql://somewhere/else?password=secret")


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """Of a launcher that is at work: this process."""
    me = Identity(os.getpid(), psutil.Process().create_time())
    (tmp_path / "processes.json").write_text(to_json(Run(me)))
    return tmp_path


def settings_of(data: Path, database_url: str | None = None) -> Settings:
    return Settings(data_dir=data, database_url=database_url)


def test_what_runs_on_the_data_folder_is_found(data: Path) -> None:
    with announced(data, HERE):
        assert find(settings_of(data)) == HERE
        assert (data / "running.json").stat().st_mode & 0o777 == 0o600
    assert not (data / "running.json").exists()


def test_what_a_crash_has_left_is_not_found(tmp_path: Path) -> None:
    with announced(tmp_path, HERE), pytest.raises(NotRunning, match="make run"):
        find(settings_of(tmp_path))


def test_a_node_of_a_cluster_is_part_of_what_runs_there(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    url = "postgresql://db.example/shopkeep"
    monkeypatch.delenv("RAY_ADDRESS", raising=False)
    assert find(settings_of(tmp_path, url)) == Running(ray_address="auto", database_url=url)
