"""Two runs on one machine do not meet."""

import socket

import pytest

from launch.environment import ray_environment
from launch.ports import PortTaken, free_ports, require_free


def test_a_taken_port_says_its_name_and_another_way() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        with pytest.raises(PortTaken, match=f"PORT {port} is taken.*PORT={port + 1} make run"):
            require_free("PORT", port)
    require_free("PORT", port)


def test_free_ports_are_free_and_no_two_are_the_same() -> None:
    ports = free_ports(20)
    assert len(set(ports)) == 20
    for port in ports:
        require_free("PORT", port)


def test_two_runs_share_no_file_of_the_front_door(
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    token = tmp_path_factory.mktemp("data") / "token"
    first, second = (
        ray_environment(sockets=tmp_path_factory.mktemp(name), auth_token_file=token) for name in ("a", "b")
    )
    assert first.keys() == second.keys()
    for name in first:
        if name.endswith(("_LOC", "_PATH", "_BASE", "_FILE")) and name != "RAY_AUTH_TOKEN_PATH":
            assert first[name] != second[name], name
