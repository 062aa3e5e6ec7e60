import json
from pathlib import Path
from typing import Any

import jsonschema
import pytest
import ray
import yaml

from actors.placement import APPLICATION
from launch.nodes import NotShared, require_shared
from scripts.await_nodes import await_nodes
from serve_app import CONSOLE, CONSOLE_PREFIX

ROOT = Path(__file__).resolve().parent.parent


@pytest.fixture(params=["cluster.yaml", "cluster.local.yaml"])
def cluster(request: pytest.FixtureRequest) -> Any:
    return yaml.safe_load((ROOT / request.param).read_text())


def started(commands: list[str]) -> list[str]:
    return [command for command in commands if "ray start" in command or "serve run" in command]


def test_ray_up_accepts_it(cluster: Any) -> None:
    schema = json.loads((Path(ray.__file__).parent / "autoscaler" / "ray-schema.json").read_text())
    jsonschema.validate(cluster, schema)


def test_every_node_and_what_runs_on_it_is_told_the_same(cluster: Any) -> None:
    head, worker = cluster["head_start_ray_commands"], cluster["worker_start_ray_commands"]
    assert [len(started(head)), len(started(worker))] == [3, 1]
    for command in started(head) + started(worker):
        assert "cd ~/shopkeep && . ./cluster.env && .venv/bin/" in command


def test_the_head_starts_the_front_door_and_the_console(cluster: Any) -> None:
    commands = " ".join(cluster["head_start_ray_commands"])
    assert f"--name={APPLICATION} serve_app:app" in commands
    assert f"--name={CONSOLE} --route-prefix={CONSOLE_PREFIX} serve_app:console" in commands


def test_what_runs_is_started_once_all_nodes_of_the_beginning_are_there(cluster: Any) -> None:
    commands = cluster["head_start_ray_commands"]
    (waiting,) = [place for place, each in enumerate(commands) if "scripts.await_nodes" in each]
    assert commands[waiting].endswith("scripts.await_nodes")
    assert all("serve run" not in command for command in commands[:waiting])


def test_nobody_waits_for_ever_for_a_node_that_does_not_come() -> None:
    assert await_nodes(3, patience_s=60, there=iter([1, 2, 3]).__next__) == 3
    assert await_nodes(3, patience_s=0, there=lambda: 2) == 2


def test_machines_of_ones_own_are_treated_as_those_of_the_cloud() -> None:
    cloud, own = (
        yaml.safe_load((ROOT / name).read_text()) for name in ("cluster.yaml", "cluster.local.yaml")
    )
    for part in ("file_mounts", "rsync_exclude", "setup_commands", "worker_start_ray_commands"):
        assert cloud[part] == own[part]
    of_the_cloud, of_ones_own = ([*started(each["head_start_ray_commands"])] for each in (cloud, own))
    assert of_the_cloud == of_ones_own


def test_it_holds_no_secret_and_says_where_the_database_is_set(cluster: Any) -> None:
    text = (ROOT / "cluster.yaml").read_text()
    assert "DATABASE_URL=" in text
    for secret in ("DATABASE_URL", "RAY_AUTH_TOKEN", "ADMIN_TOKEN"):
        assert secret not in json.dumps(cluster)


@pytest.mark.parametrize(
    "url",
    [
        "postgresql://postgres:@/postgres?host=/home/shop/var/postgres",
        "postgresql://me@localhost/shopkeep",
        "postgresql://me@127.0.0.1:5432/shopkeep",
    ],
)
def test_several_nodes_refuse_a_database_that_only_one_can_reach(url: str) -> None:
    with pytest.raises(NotShared, match="DATABASE_URL"):
        require_shared(url, "s3://shop/uploads", nodes=2)


def test_several_nodes_refuse_uploads_that_only_one_of_them_has() -> None:
    with pytest.raises(NotShared, match="UPLOADS_URL"):
        require_shared("postgresql://shopkeep:secret@db.example.com/shopkeep", None, nodes=2)


def test_one_node_takes_the_embedded_database_and_several_take_a_shared_one() -> None:
    require_shared("postgresql://postgres:@/postgres?host=/home/shop/var/postgres", None, nodes=1)
    require_shared("postgresql://shopkeep:secret@db.example.com/shopkeep", "/mnt/shared", nodes=9)
