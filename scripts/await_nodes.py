"""Waits until NODES have joined the cluster, so that what is started next is spread over all of them.

    python -m scripts.await_nodes

A machine that never comes keeps nobody waiting: after the patience it goes on with those that are there.
"""

import argparse
import logging
import time
from collections.abc import Callable

import ray

from settings import settings

LOOK_S = 0.5


def await_nodes(wanted: int, patience_s: float, there: Callable[[], int]) -> int:
    """How many there are then."""
    deadline = time.monotonic() + patience_s
    while (nodes := there()) < wanted and time.monotonic() < deadline:
        time.sleep(LOOK_S)
    return nodes


def alive() -> int:
    return sum(node["Alive"] for node in ray.nodes())


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--patience", type=float, default=900.0, help="seconds")
    patience_s = parser.parse_args().patience
    wanted = settings().nodes
    ray.init(address="auto", logging_level=logging.WARNING)
    there = await_nodes(wanted, patience_s, alive)
    late = "" if there >= wanted else ": the others can join later, what is started now stays on these"
    print(f"{there} of {wanted} nodes (NODES) are there{late}")


if __name__ == "__main__":
    main()
