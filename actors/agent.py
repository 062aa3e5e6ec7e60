"""AgentDeployment: shared and stateless. Everything it needs comes with the call."""

import time
from datetime import UTC, datetime, timedelta
from math import ceil
from typing import Any

from ray import serve
from ray.serve.config import AutoscalingConfig

import logs
from actors.metrics.process import instruments
from actors.placement import Directory
from actors.remote_catalogue import RemoteCatalogue
from agent.ladder import build_ladder
from models.errors import Unavailable
from models.turn import Reply, Turn
from settings import Settings, settings
from version import version

NAME = "Agent"
# A replica that died is missed no later than this; Serve's default is 10 s.
HEALTH_CHECK_S = 1.0
# Turns under way in a replica, on the average, beyond which another is started. Most of them wait for the
# model; by the rules alone so many are under way only where the processor no longer keeps up.
BUSY = 50
# For so long a catalogue may say nothing; one that stays away is what a person has to know of.
AWAY = timedelta(minutes=1)


class OtherVersion(RuntimeError):
    pass


class Agent:
    def __init__(self, directory: Directory) -> None:
        configuration = settings()
        logs.configure(configuration.log_level, configuration.log_format)
        key = configuration.openai_api_key
        instruments("agent")
        self._directory = directory
        self._version = version(configuration)
        self._catalogues: dict[str, RemoteCatalogue] = {}
        self._ladder = build_ladder(
            openai_api_key=key.get_secret_value() if key else None,
            openai_base_url=configuration.openai_base_url,
            model=configuration.openai_model,
            clock=lambda: datetime.now(UTC),
            monotonic=time.monotonic,
        )

    async def answer(self, turn: Turn, catalog: str, asked_by: str) -> Reply:
        """`catalog` is the name of the actor that has the merchant's catalogue, `asked_by` a version.

        OtherVersion where that is not the agent's own: fields may differ, and one be taken for another.
        """
        if asked_by != self._version:
            raise OtherVersion(f"this agent is of {self._version}, and was asked by {asked_by}")
        with logs.about(merchant=turn.merchant.id, turn=turn.id):
            catalogue = self._catalogue(catalog, turn.merchant.id)
            began = time.monotonic()
            reply = await self._ladder.answer(turn, catalogue)
            if catalogue.gave_up_at >= began:
                unless_away(reply, turn, datetime.now(UTC))
            return reply

    def _catalogue(self, catalog: str, merchant_id: str) -> RemoteCatalogue:
        actor = self._directory.catalog(catalog)
        if merchant_id not in self._catalogues:
            self._catalogues[merchant_id] = RemoteCatalogue(
                actor, merchant_id, time.monotonic, self._directory.catalog
            )
        # What the turn says is newer than where an earlier one was led.
        self._catalogues[merchant_id].actor = actor
        return self._catalogues[merchant_id]


AgentDeployment = serve.deployment(
    name=NAME,
    # A turn mostly waits for the model.
    max_ongoing_requests=200,
    health_check_period_s=HEALTH_CHECK_S,
    max_surge_percent=100,
    ray_actor_options={"num_cpus": 0},
    # The execution log holds every turn already.
    logging_config={"enable_access_log": False},
)(Agent)


def scale(configuration: Settings) -> dict[str, Any]:
    """How many replicas there are and what each reserves, as options of the deployment."""
    fewest, most = configuration.agent_replicas, configuration.agent_replicas_max or 0
    options = {
        "ray_actor_options": {"num_cpus": configuration.agent_cpus},
        "max_replicas_per_node": share(max(fewest, most), configuration.nodes),
    }
    if most <= fewest:
        return options | {"num_replicas": fewest}
    between = AutoscalingConfig(min_replicas=fewest, max_replicas=most, target_ongoing_requests=BUSY)
    return options | {"autoscaling_config": between}


def share(replicas: int, nodes: int) -> int | None:
    """How many of them may be on one node, so that with it not all are gone. None: as many as there are.

    Serve alone takes the nodes in turn, for all deployments together: two of one may well meet.
    """
    return ceil(replicas / nodes) if nodes > 1 else None


def unless_away(reply: Reply, turn: Turn, now: datetime) -> None:
    """Unavailable where a turn that waited for the catalogue in vain apologises, and that may yet come back.

    An apology hands over to a person, who is not to be called because a machine has died.
    """
    if reply.rung == "apology" and now - turn.now < AWAY:
        raise Unavailable("nobody had the catalogue just now: ask again")
