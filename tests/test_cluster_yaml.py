import json
from pathlib import Path
from typing import Any

import jsonschema
import pytest
import ray
import yaml

from actors.placement import APPLICATION
from launch.nodes import NotShared, require_shared
from serve_app import CONSOLE, CONSOLE_PREFIX

ROOT = Path(__file__).resolve().parent.parent


@pytest.fixture(scope="module")
def cluster() -> Any:
    return yaml.safe_load((ROOT / "cluster.yaml").read_text())


def test_ray_up_accepts_it(cluster: Any) -> None:
    schema = json.loads((Path(ray.__file__).parent / "autoscaler" / "ray-schema.json").read_text())
    jsonschema.validate(cluster, schema)


def test_every_node_starts_with_both_serve_settings(cluster: Any) -> None:
    for commands in (cluster["head_start_ray_commands"], cluster["worker_start_ray_commands"]):
        start = next(command for command in commands if "ray start" in command)
        assert "RAY_SERVE_ENABLE_HA_PROXY=1" in start
        assert "RAY_SERVE_THROUGHPUT_OPTIMIZED=1" in start


def test_the_head_starts_the_front_door_and_the_console(cluster: Any) -> None:
    commands = " ".join(cluster["head_start_ray_commands"])
    assert f"--name={APPLICATION} serve_app:app" in commands
    assert f"--name={CONSOLE} --route-prefix={CONSOLE_PREFIX} serve_app:console" in commands


def test_it_holds_no_secret_and_says_where_the_database_is_set(cluster: Any) -> None:
    text = (ROOT / "cluster.yaml").read_text()
    assert "DATABASE_URL=" in text
    assert "DATABASE_URL" not in json.dumps(cluster)


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
