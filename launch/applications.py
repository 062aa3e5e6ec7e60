"""Both applications of Serve, started or put in place of those that run."""

from ray import serve

import serve_app
from actors.placement import APPLICATION


def run() -> None:
    """Returns when they answer. RuntimeError when they don't: what ran before goes on then."""
    serve.run_many(
        [
            serve.RunTarget(serve_app.app, name=APPLICATION, route_prefix="/"),
            serve.RunTarget(serve_app.console, name=serve_app.CONSOLE, route_prefix=serve_app.CONSOLE_PREFIX),
        ]
    )
