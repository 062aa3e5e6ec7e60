import subprocess
from pathlib import Path

import pytest
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import PlainTextResponse
from starlette.routing import Route
from starlette.testclient import TestClient
from uvicorn.middleware.proxy_headers import ProxyHeadersMiddleware

FILE = Path(__file__).resolve().parent.parent / "cluster.env"


def told(folder: Path) -> dict[str, str]:
    """What a shell in that folder knows once it has read the file."""
    script = f". {FILE}; env"
    shown = subprocess.check_output(["/bin/sh", "-ec", script], cwd=folder, text=True, env={})  # noqa: S603 - ours
    return dict(line.split("=", 1) for line in shown.splitlines())


def test_every_node_is_told_what_ray_and_serve_have_to_know(tmp_path: Path) -> None:
    (tmp_path / ".ray.env").write_text("RAY_AUTH_TOKEN=secret")
    wanted = {
        "PYTHONPATH": str(tmp_path),
        "RAY_AUTH_MODE": "token",
        "RAY_AUTH_TOKEN": "secret",
        "RAY_SERVE_ENABLE_HA_PROXY": "1",
        "RAY_SERVE_THROUGHPUT_OPTIMIZED": "1",
    }
    assert wanted.items() <= told(tmp_path).items()


@pytest.mark.parametrize(
    ("asks", "says", "called"),
    [
        ("10.0.0.2", "203.0.113.9", "203.0.113.9"),
        ("10.0.0.2", "6.6.6.6, 203.0.113.9, 10.0.0.7", "203.0.113.9"),
        ("203.0.113.9", "6.6.6.6", "203.0.113.9"),
    ],
)
def test_behind_a_load_balancer_and_another_node_it_is_known_who_called(
    tmp_path: Path, asks: str, says: str, called: str
) -> None:
    async def caller(request: Request) -> PlainTextResponse:
        return PlainTextResponse(request.client.host if request.client else "")

    # What uvicorn makes of the variable.
    believed = Middleware(ProxyHeadersMiddleware, trusted_hosts=told(tmp_path)["FORWARDED_ALLOW_IPS"])
    node = TestClient(Starlette(routes=[Route("/", caller)], middleware=[believed]), client=(asks, 50_000))
    assert node.get("/", headers={"X-Forwarded-For": says}).text == called
