"""What runs: `serve run serve_app:app`, or `make run`, which also starts Ray and PostgreSQL.

Beside it, in an application of its own, the console's pages and streams:
`serve run --name=console --route-prefix=/console serve_app:console`.
"""

from typing import Any

import ray
from ray import serve
from ray.serve.config import BackpressureConfig
from starlette.types import ASGIApp

import logs
from actors.agent import HEALTH_CHECK_S, AgentDeployment, scale, share
from actors.gateway import Gateway
from actors.metrics.process import instruments
from actors.start import directory, start_actors
from launch.nodes import require_shared
from settings import settings
from store.database import connect

CONSOLE = "console"
CONSOLE_PREFIX = "/console"


def front_door() -> ASGIApp:
    """Runs in the replica; the first one to come up also brings up the actors."""
    from web.app import build  # noqa: PLC0415 - the HTTP stack, in the one process that serves it

    configuration = settings()
    logs.configure(configuration.log_level, configuration.log_format)
    instruments("front")
    require_shared(configuration.require_database_url, configuration.uploads_url, nodes=len(ray.nodes()))
    start_actors(configuration, serve.get_replica_context().app_name)
    engine = connect(configuration.require_database_url)
    return build(configuration, Gateway(engine, directory(configuration)))


def back_office() -> ASGIApp:
    """Runs in a replica of its own: open tabs and their streams never keep a webhook waiting."""
    from web.console.app import build  # noqa: PLC0415 - as above

    configuration = settings()
    logs.configure(configuration.log_level, configuration.log_format)
    instruments("console")
    return build(
        configuration, Gateway(connect(configuration.require_database_url), directory(configuration))
    )


Front = serve.deployment(
    name="Front",
    # A webhook takes milliseconds, a chat call waits for its turn: many may be under way.
    max_ongoing_requests=1000,
    # What comes beyond that is told so; by default it waits without end. Whatever arrives at the same moment
    # counts as queued, so a burst must fit.
    max_queued_requests=1000,
    backpressure_config=BackpressureConfig(retry_after_s=5),
    health_check_period_s=HEALTH_CHECK_S,
    # A new version is up before the old one goes, and where it does not come up the old one stays.
    max_surge_percent=100,
    ray_actor_options={"num_cpus": 0},
    # A line for every webhook says nothing that the inbox does not.
    logging_config={"enable_access_log": False},
)(serve.ingress(front_door)())


Console = serve.deployment(
    name="Console",
    # A stream counts as long as its tab is open.
    max_ongoing_requests=2000,
    # Nor is it waited for when the replica is replaced: the browser opens another.
    graceful_shutdown_timeout_s=2,
    health_check_period_s=HEALTH_CHECK_S,
    # A new version is up before the old one goes, and where it does not come up the old one stays.
    max_surge_percent=100,
    ray_actor_options={"num_cpus": 0},
    logging_config={"enable_access_log": False},
)(serve.ingress(back_office)())


def build_app(_: dict[str, Any] | None = None) -> serve.Application:
    configuration = settings()
    answering = AgentDeployment.options(**scale(configuration)).bind(directory(configuration))
    fronts = configuration.front_replicas
    spread = share(fronts, configuration.nodes)
    return Front.options(num_replicas=fronts, max_replicas_per_node=spread).bind(answering)


def build_console(_: dict[str, Any] | None = None) -> serve.Application:
    return Console.bind()


app = build_app()
console = build_console()
