import pytest
from pydantic import ValidationError

from actors.agent import BUSY, scale, share
from settings import Settings


def test_one_machine_runs_one_agent_and_nobody_counts_whether_another_is_due() -> None:
    assert scale(Settings(_env_file=None)) == {
        "ray_actor_options": {"num_cpus": 0},
        "max_replicas_per_node": None,
        "num_replicas": 1,
    }


def test_agents_come_and_go_between_the_two_numbers_by_how_much_they_have_to_do() -> None:
    options = scale(Settings(_env_file=None, agent_replicas=2, agent_replicas_max=6, agent_cpus=1))
    assert options["ray_actor_options"] == {"num_cpus": 1}
    between = options["autoscaling_config"]
    assert (between.min_replicas, between.max_replicas, between.target_ongoing_requests) == (2, 6, BUSY)


@pytest.mark.parametrize(("replicas", "nodes", "on_one"), [(2, 1, None), (2, 3, 1), (3, 3, 1), (8, 3, 3)])
def test_replicas_are_shared_out_evenly(replicas: int, nodes: int, on_one: int | None) -> None:
    assert share(replicas, nodes) == on_one


def test_a_largest_number_below_the_smallest_is_refused_with_the_way_out() -> None:
    with pytest.raises(ValidationError, match=r"agent_replicas_max\n.*at least AGENT_REPLICAS, which is 3"):
        Settings(_env_file=None, agent_replicas=3, agent_replicas_max=2)
