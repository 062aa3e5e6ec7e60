"""The day that is played, and what is said to have been full."""

from dataclasses import replace

import pytest

from scripts.rehearsal.day import DAY_S, HOUR_S, VIRAL_AT_S, VIRAL_S, Kind, Tempo, Written, draw
from scripts.rehearsal.saturation import saturated
from scripts.rehearsal.street import Answer
from scripts.rehearsal.watch import Queues, Sample

QUESTIONS = (["a lamp?"], ["a vase?"], ["a rug?"])
CALM = Sample(
    at_s=0.0,
    cores={"agent": 0.4},
    fullest={"agent": 0.4},
    machine=0.5,
    memory=0.3,
    queues=Queues(
        unanswered=3, unanswered_s=1.0, unsent=1, unsent_s=0.5, comment_replies=900, connections=20
    ),
)


def day(messages: int = 2000, comments: int = 500) -> list[Written]:
    return draw(7, questions=QUESTIONS, messages=messages, comments=comments)


def found(*samples: Sample, answers: tuple[Answer, ...] = ()) -> list[str]:
    timed = [replace(sample, at_s=number * 60.0) for number, sample in enumerate(samples)]
    return [str(each) for each in saturated(timed, answers)]


def test_a_day_has_as_many_messages_and_comments_as_asked_for_in_order() -> None:
    drawn = day()
    assert sum(written.kind is Kind.MESSAGE for written in drawn) == 2000
    assert sum(written.kind is Kind.COMMENT for written in drawn) == 500
    assert drawn == sorted(drawn, key=lambda written: written.at_s)
    assert all(0 <= written.at_s < DAY_S for written in drawn)
    assert drawn == day()


def test_customers_ask_their_shop_for_what_it_has_and_the_first_shop_most() -> None:
    talk = [written for written in day() if written.kind is Kind.MESSAGE]
    assert all(written.text in QUESTIONS[written.shop] for written in talk)
    asked = [sum(written.shop == shop for written in talk) for shop in range(3)]
    assert asked == sorted(asked, reverse=True)


def test_more_is_written_in_the_evening_than_at_night() -> None:
    hours = [written.at_s // HOUR_S for written in day(comments=0)]
    assert hours.count(20) > 5 * hours.count(3)


def test_the_comments_are_all_under_the_post_of_the_second_shop_in_its_ten_minutes() -> None:
    comments = [written for written in day() if written.kind is Kind.COMMENT]
    assert {written.shop for written in comments} == {1}
    assert all(VIRAL_AT_S <= written.at_s <= VIRAL_AT_S + VIRAL_S for written in comments)


def test_the_ten_minutes_of_the_post_go_by_at_a_pace_of_their_own() -> None:
    tempo = Tempo(speed=240, viral_speed=4)
    assert tempo.real_s(VIRAL_AT_S) == VIRAL_AT_S / 240
    assert tempo.real_s(VIRAL_AT_S + VIRAL_S) - tempo.real_s(VIRAL_AT_S) == VIRAL_S / 4
    assert tempo.real_s(DAY_S) == (DAY_S - VIRAL_S) / 240 + VIRAL_S / 4


@pytest.mark.parametrize("at_s", [0.0, VIRAL_AT_S, VIRAL_AT_S + 7, VIRAL_AT_S + VIRAL_S, DAY_S])
def test_the_clock_says_what_time_of_the_day_it_is(at_s: float) -> None:
    tempo = Tempo(speed=240, viral_speed=4)
    assert tempo.at_s(tempo.real_s(at_s)) == pytest.approx(at_s)


def test_a_calm_day_saturates_nothing_however_long_instagrams_hour_is_waited_for() -> None:
    assert found(CALM, CALM, CALM, answers=(Answer(at_s=0, status=200, took_s=0.01),)) == []


def test_a_hiccup_is_not_saturation() -> None:
    full = replace(CALM, machine=1.0)
    assert found(full, full, CALM, full) == []


def test_what_was_full_is_said_once_from_its_first_moment_on_first_things_first() -> None:
    full = replace(CALM, fullest={"agent": 0.99})
    waiting = replace(full, queues=replace(CALM.queues, unanswered_s=12.0))
    assert found(CALM, full, full, waiting, waiting, waiting, waiting) == [
        "00:01  a process of agent fills its core",
        "00:03  messages wait longer than 10 s for an answer",
    ]


def test_webhooks_that_are_refused_or_slow_are_told() -> None:
    answers = (
        Answer(at_s=60, status=200, took_s=0.01),
        Answer(at_s=7300, status=200, took_s=1.5),
        Answer(at_s=7500, status=503, took_s=0.1),
    )
    assert found(CALM, answers=answers) == [
        "02:00  webhooks take longer than 1 s (p99)",
        "02:05  a webhook is answered 503",
    ]


def test_who_fills_the_generator_is_no_matter_of_the_installation() -> None:
    busy = replace(CALM, fullest={"agent": 0.1, "generator": 1.0})
    assert found(busy, busy, busy, busy) == []
