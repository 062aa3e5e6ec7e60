"""Records are frozen dataclasses that come out of a pickle as they went in."""

import copy
import pickle
from dataclasses import FrozenInstanceError, field, replace

import pytest

from models.record import record


@record
class Point:
    x: int
    y: tuple[int, ...] = ()
    name: str = field(default="", compare=False)


@record
class Single:
    point: Point


@pytest.mark.parametrize("made", [Point(x=1), Point(x=2, y=(3, 4), name="p"), Single(point=Point(x=5))])
def test_a_record_is_the_same_after_pickling_and_copying(made: object) -> None:
    assert pickle.loads(pickle.dumps(made)) == made  # noqa: S301 - our own
    assert copy.deepcopy(made) == made


def test_a_record_is_a_frozen_dataclass() -> None:
    point = Point(x=1)
    assert replace(point, x=2) == Point(x=2)
    with pytest.raises(FrozenInstanceError):
        point.x = 3  # type: ignore[misc]
    with pytest.raises(TypeError):
        Point(1)  # type: ignore[call-arg]
