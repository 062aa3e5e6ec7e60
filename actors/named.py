"""Actors that every process finds by name: found, or made."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import ray
from ray.exceptions import RayActorError

from actors.placement import NAMESPACE, Handle


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    kind: Any  # a Ray actor class
    name: str
    arguments: tuple[object, ...]


def current(wanted: Sequence[Wanted], version: str) -> list[Handle]:
    """All of them, running this version. Not waited for until they are up.

    Those that run another are all ended before the first new one starts: no new one ever meets an old one.
    """
    for old in [each for each in map(_found, wanted) if each is not None and not _runs(each, version)]:
        ray.kill(old)
    return [create(each) for each in wanted]


def _found(wanted: Wanted) -> Handle | None:
    try:
        return ray.get_actor(wanted.name, namespace=NAMESPACE)
    except ValueError:
        return None


def _runs(actor: Handle, version: str) -> bool:
    try:
        return bool(ray.get(actor.version.remote()) == version)
    except RayActorError:  # somebody else is replacing it
        return False


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
