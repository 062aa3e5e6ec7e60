"""A script as part of the installation that runs here: its Ray, its database."""

import logging
import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from launch.running import Running, find
from settings import Settings


@contextmanager
def attached(configuration: Settings, *, runtime_env: Mapping[str, Any] | None = None) -> Iterator[Running]:
    """Nothing of the script may have imported Ray before: it reads the environment then. NotRunning."""
    running = find(configuration)
    os.environ["RAY_USAGE_STATS_ENABLED"] = "0"
    token = configuration.data_dir.resolve() / "ray_token"
    if token.exists():
        os.environ |= {"RAY_AUTH_MODE": "token", "RAY_AUTH_TOKEN_PATH": str(token)}
    import ray  # noqa: PLC0415 - see above

    ray.init(
        address=running.ray_address,
        namespace="shopkeep",
        logging_level=logging.WARNING,
        runtime_env=runtime_env,
    )
    try:
        yield running
    finally:
        ray.shutdown()
