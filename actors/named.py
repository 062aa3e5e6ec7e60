"""Actors that every process finds by name: found, or made."""

from dataclasses import dataclass
from typing import Any

import ray

from actors.placement import NAMESPACE, Handle


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    kind: Any  # a Ray actor class
    name: str
    arguments: tuple[object, ...]


def current(wanted: Wanted, version: str) -> Handle:
    """One that runs another version is replaced."""
    try:
        running = ray.get_actor(wanted.name, namespace=NAMESPACE)
    except ValueError:
        return create(wanted)
    if ray.get(running.version.remote()) == version:
        return running
    ray.kill(running)
    return create(wanted)


def create(wanted: Wanted) -> Handle:
    """Unless it is there. Not waited for."""
    return wanted.kind.options(
        name=wanted.name,
        namespace=NAMESPACE,
        lifetime="detached",
        get_if_exists=True,
        # It comes back by itself, and a call that was under way is made again:
        # every method may be repeated.
        max_restarts=-1,
        max_task_retries=-1,
        max_concurrency=1000,
        num_cpus=0,
        # What needs no processor of its own would all be put on one machine.
        scheduling_strategy="SPREAD",
    ).remote(*wanted.arguments)
