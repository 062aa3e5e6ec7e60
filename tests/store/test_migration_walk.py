"""A database full of rows goes down to the first schema and up again, one migration at a time."""

import asyncio
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import pytest
from alembic.script import ScriptDirectory
from sqlalchemy.ext.asyncio import create_async_engine
from sqlalchemy.pool import NullPool

from store import migrations
from store.database import async_url, connect
from tests.conftest import NewDatabase
from tests.store.filled import fill, rows
from tests.store.schemas import Column, Rule, Schema, missed, schema

pytestmark = [pytest.mark.slow, pytest.mark.timeout(600)]
# From here on old and new code run side by side while a new version takes over.
SIDE_BY_SIDE_SINCE = "0021"
SCRIPTS = ScriptDirectory.from_config(migrations.config(""))
# What a migration writes anew in rows that were there: that is what it is for.
REWRITTEN = {
    "0004": {("conversations", "memory"), ("executions", "turn"), ("executions", "reply")},
    # Jobs under way whose kind or file the code of before does not know.
    "0010": {("jobs", "status"), ("jobs", "finished_at"), ("jobs", "lease_until")},
    "0019": {("jobs", each) for each in ("status", "finished_at", "lease_until", "errors")},
    "0017": {("products", "body")},
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Stop:
    """What was found at a revision."""

    revision: str
    schema: Schema
    rows: Mapping[str, list[dict[str, Any]]]

    def read(self, columns: set[tuple[str, str]]) -> set[tuple[str, str]]:
        """Table and row, of what is among these columns."""
        return {
            (table, json.dumps({key: row[key] for key in row if (table, key) in columns}, sort_keys=True))
            for table, found in self.rows.items()
            for row in found
            if any(table == known for known, _ in columns)
        }


@dataclass(frozen=True, slots=True)
class Walk:
    down: list[Stop]
    up: list[Stop]

    def steps(self) -> Iterator[tuple[str, Stop, Stop]]:
        """The revision that is taken back or applied; before and after."""
        for before, after in zip(self.down, self.down[1:], strict=False):
            yield before.revision, before, after
        for before, after in zip(self.up, self.up[1:], strict=False):
            yield after.revision, before, after


@pytest.fixture(scope="module")
async def walk(new_database: NewDatabase) -> Walk:
    url = await new_database()
    engine = connect(url)
    await fill(engine)
    await engine.dispose()
    revisions = [each.revision for each in SCRIPTS.walk_revisions()]
    down = [await _look(url, revisions[0])]
    for revision in revisions[1:]:
        await asyncio.to_thread(migrations.downgrade, url, revision)
        down.append(await _look(url, revision))
    up = [down[-1]]
    for revision in reversed(revisions[:-1]):
        await asyncio.to_thread(migrations.upgrade, url, revision)
        up.append(await _look(url, revision))
    return Walk(down, up)


async def _look(url: str, revision: str) -> Stop:
    engine = create_async_engine(async_url(url), poolclass=NullPool)
    async with engine.begin() as connection:
        seen = await schema(connection)
        found = await rows(connection, seen.tables - {"alembic_version"})
        return Stop(revision=revision, schema=seen, rows=found)


def test_every_table_has_a_row_to_lose(walk: Walk) -> None:
    assert [table for table, found in walk.down[0].rows.items() if not found] == []


def test_the_schema_on_the_way_up_is_the_one_on_the_way_down(walk: Walk) -> None:
    for down, up in zip(reversed(walk.down), walk.up, strict=True):
        assert up.schema == down.schema, up.revision


def test_a_step_leaves_as_it_was_whatever_both_sides_know(walk: Walk) -> None:
    for revision, before, after in walk.steps():
        both = set(before.schema.columns) & set(after.schema.columns) - REWRITTEN.get(revision, set())
        assert before.read(both) - after.read(both) == set(), f"{revision}, from {before.revision}"


def test_no_job_goes_on_that_the_code_of_before_would_misunderstand(walk: Walk) -> None:
    def running(stop: Stop) -> set[str]:
        return {job["kind"] for job in stop.rows["jobs"] if job["status"] == "running"}

    kinds = {stop.revision: running(stop) for stop in walk.down}
    assert (kinds["0019"], kinds["0018"], kinds["0009"]) == (
        {"import", "shopify_sync"},
        {"shopify_sync"},
        set(),
    )


def test_a_migration_takes_nothing_from_the_code_that_still_runs_beside_it(walk: Walk) -> None:
    """Unless it says that only newer code may: docs/upgrading.md, Writing a migration."""
    for before, after in zip(walk.up, walk.up[1:], strict=False):
        if after.revision > SIDE_BY_SIDE_SINCE:
            found = missed(before.schema, after.schema)
            said = migrations.oldest_code(SCRIPTS.get_revision(after.revision))
            assert not found or said == before.revision, f"{after.revision}: {found}"


def test_what_old_migrations_took_away_would_be_refused_today(walk: Walk) -> None:
    by_revision = {stop.revision: stop.schema for stop in walk.up}
    assert missed(by_revision["0018"], by_revision["0019"]) == ["jobs.upload is gone"]
    assert missed(by_revision["0020"], by_revision["0021"]) == []


TEXT = Column("text", required=False, filled=False, default="")
NEEDED = Column("text", required=True, filled=False, default="")
FILLED = Column("text", required=True, filled=True, default="''::text")
NUMBER = Column("bigint", required=False, filled=False, default="")
BOUND = Rule("a", True, "CHECK (x > 0)")
OF_B = Rule("a", True, "fk_a_b FOREIGN KEY (b) REFERENCES b(id) ON DELETE CASCADE")


def _made(*rules: Rule, **columns: Column) -> Schema:
    return Schema(columns={("a", name): each for name, each in columns.items()}, rules=frozenset(rules))


@pytest.mark.parametrize(
    ("before", "after", "words"),
    [
        (_made(x=TEXT, y=TEXT), _made(x=TEXT), "a.y is gone"),
        (_made(x=TEXT), _made(x=NUMBER), "a.x was text and is bigint"),
        (_made(x=TEXT), _made(x=NEEDED), "a.x has to be given"),
        (_made(x=TEXT), _made(x=FILLED), "a.x may no longer be NULL"),
        (_made(x=FILLED), _made(x=NEEDED), "a.x has lost its default"),
        (_made(x=TEXT), _made(x=TEXT, y=NEEDED), "a.y has to be given"),
        (_made(x=TEXT), _made(BOUND, x=TEXT), "a is held to: CHECK (x > 0)"),
        (_made(BOUND, x=TEXT), _made(x=TEXT), "a has lost: CHECK (x > 0)"),
        (_made(x=TEXT), Schema(columns={}, rules=frozenset()), "the table a is gone"),
    ],
)
def test_what_running_code_would_stumble_over_is_said(before: Schema, after: Schema, words: str) -> None:
    assert missed(before, after) == [words]


def test_what_is_only_added_is_no_trouble() -> None:
    assert missed(_made(x=TEXT), _made(x=TEXT, y=TEXT, z=FILLED)) == []
    assert missed(_made(x=NEEDED), _made(x=TEXT)) == []


def test_a_row_may_outlive_the_one_it_was_of_but_not_be_of_a_new_one() -> None:
    assert missed(_made(OF_B, x=TEXT), _made(x=TEXT)) == []
    assert missed(_made(x=TEXT), _made(OF_B, x=TEXT)) == [f"a is held to: {OF_B.definition}"]
