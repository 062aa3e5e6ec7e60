"""Three machines, of which one is in trouble. No customer notices more than a pause."""

import pytest

from scripts.chaos.victims import MACHINE
from tests.cluster.polling import until
from tests.machines import redis
from tests.machines.cluster import Cluster
from tests.machines.machine import CommandFailed, Machine
from tests.machines.playing import Game

CONVERSATION = "ray::ConversationActor"
NOTICED_S = 120.0
ACTORS = [CONVERSATION, "ray::CatalogActor", "ray::DeliveryActor", "ray::JobActor"]
FRONT = "ray::ServeReplica:shopkeep:Front"
AGENT = "ray::ServeReplica:shopkeep:Agent"


@pytest.mark.usefixtures("game")
async def test_work_is_spread_over_the_machines(cluster: Cluster) -> None:
    # Of replicas each kind by our word, of actors all together: Ray promises no more.
    for titles in ([FRONT], [AGENT], ACTORS):
        machines = {machine.number for title in titles for machine in cluster.running(title).values()}
        assert len(machines) > 1, f"{titles} run on {machines} alone"
    assert {machine.number for machine in cluster.running("ray::").values()} == {1, 2, 3}


async def test_an_operators_script_runs_on_a_machine_that_is_not_the_head(
    cluster: Cluster, game: Game
) -> None:
    reindex = "cd ~/shopkeep && . ./cluster.env && .venv/bin/python -m scripts.reindex --all"
    assert game.shop.id in await cluster.workers[0].run(reindex)


async def test_nobody_works_on_the_cluster_without_its_token(cluster: Cluster) -> None:
    status = "cd ~/shopkeep && . ./cluster.env && RAY_AUTH_TOKEN=guessed .venv/bin/ray status"
    with pytest.raises(CommandFailed, match="token"):
        await cluster.workers[0].run(status)


async def test_nothing_is_lost_with_a_machine_that_dies(cluster: Cluster, game: Game) -> None:
    before = cluster.running(CONVERSATION)
    victim = a_worker_of(cluster, before)

    async def dies() -> None:
        victim.kill()

    async def its_actors_are_back_elsewhere() -> None:
        await cluster.complete(CONVERSATION, len(before))

    await game.play(MACHINE, dies, its_actors_are_back_elsewhere)
    await victim.boot()
    await cluster.join(victim)


@pytest.mark.parametrize("reaches", ["nobody", "the database and Instagram"])
async def test_a_machine_that_is_cut_off_and_lives_on_changes_nothing_behind_its_successors_back(
    cluster: Cluster, game: Game, reaches: str
) -> None:
    before = cluster.running(CONVERSATION)
    victim = a_worker_of(cluster, before)
    left_behind = {pid for pid, machine in before.items() if machine is victim}

    async def is_cut_off() -> None:
        if reaches == "nobody":
            victim.cut()
        else:
            await victim.shun(cluster.machines)

    async def works_beside_its_successor_and_comes_back() -> None:
        await cluster.complete(CONVERSATION, len(before), besides=victim)
        assert left_behind <= cluster.running(CONVERSATION).keys()
        if reaches == "nobody":
            victim.mend()
        else:
            await victim.shun_no_longer(cluster.machines)

    await game.play("a machine's cable", is_cut_off, works_beside_its_successor_and_comes_back)

    async def has_noticed() -> bool:
        return not left_behind & cluster.running(CONVERSATION).keys()

    await until(has_noticed, what="the end of the actors left behind", timeout_s=NOTICED_S)
    await cluster.join(victim)


async def test_the_head_dies_and_comes_back(cluster: Cluster, game: Game) -> None:
    before = cluster.running(CONVERSATION)
    on_workers = {pid for pid, machine in before.items() if machine is not cluster.head}

    async def dies() -> None:
        cluster.head.kill()

    async def comes_back() -> None:
        await cluster.head.boot()
        # What nobody has kept is started again.
        await (cluster.restart_head() if redis.INSTALLED else cluster.start())
        await cluster.complete(CONVERSATION, len(before))

    await game.play(MACHINE, dies, comes_back)
    if redis.INSTALLED:
        # Those of the other machines went on as if nothing had been.
        assert on_workers <= cluster.running(CONVERSATION).keys()


def a_worker_of(cluster: Cluster, running: dict[int, Machine]) -> Machine:
    """One with something of it, if there is one."""
    candidates = [*running.values(), *cluster.workers]
    return next(machine for machine in candidates if machine is not cluster.head)
