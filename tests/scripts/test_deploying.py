"""What keeps a new version out, and what takes it back."""

import shutil
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from types import ModuleType

import pytest
from alembic.script import Script
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine

from launch.running import Running
from models.turn import Reply
from scripts import deploy
from scripts.deploying import preflight
from scripts.deploying.criteria import Consistently, Figures, figures, wrong
from scripts.deploying.errors import Refused
from settings import Settings, settings
from store import migrations
from store.database import connect
from tests.store.rows import arrive, event, open_shop, reply, turn

GOOD = Figures(turns=20, errors=1, p95_s=2.0, waiting_s=1.0)


@pytest.mark.parametrize(
    ("found", "words"),
    [
        (GOOD, []),
        (Figures(turns=20, errors=3), ["more than 10% of the turns fail"]),
        (Figures(turns=20, p95_s=16.0), ["answers take more than 15 s"]),
        (Figures(waiting_s=16.0), ["messages wait for more than 15 s"]),
        (Figures(turns=2, errors=2, p95_s=60.0), []),
    ],
)
def test_a_version_is_wrong_beyond_the_limits(found: Figures, words: list[str]) -> None:
    assert list(wrong(found, Figures())) == words


def test_what_was_as_bad_before_is_no_reason_to_go_back() -> None:
    bad = Figures(turns=20, errors=10, p95_s=60.0, waiting_s=60.0)
    assert list(wrong(bad, bad)) == []


def test_only_what_lasts_counts() -> None:
    consistently = Consistently(looks=3)
    assert consistently.look(["slow"]) == []
    assert consistently.look(["slow", "failing"]) == []
    assert consistently.look(["failing"]) == []
    assert consistently.look(["failing", "slow"]) == ["failing"]


async def test_turns_are_counted_that_were_asked_for_since_then(database_url: str) -> None:
    engine = connect(database_url)
    await open_shop(engine)
    await turn(engine, "before", reply("said"))
    since = await _now(engine)
    await turn(engine, "after", reply("said"), customer="c2")
    await turn(engine, "sorry?", _apology(), customer="c3")
    await turn(engine, "paused", None, customer="c4")
    await arrive(engine, event("nobody answers", customer="c5"))
    found = await figures(database_url, since)
    await engine.dispose()
    assert (found.turns, found.errors) == (2, 1)
    assert found.waiting_s >= 0


def _apology() -> Reply:
    return replace(reply("sorry"), rung="apology")


async def _now(engine: AsyncEngine) -> datetime:
    async with engine.connect() as connection:
        at: datetime = (await connection.execute(text("SELECT clock_timestamp()"))).scalar_one()
        return at


@pytest.fixture
def releases(tmp_path: Path) -> Callable[..., Path]:
    """A release whose newest migration, and whose Ray, is this."""

    def made(name: str, *, migrations_until: str = migrations.head(), ray: str = "2.60.0") -> Path:
        folder = tmp_path / name
        shutil.copytree(migrations.SCRIPTS, folder / "migrations")
        for file in (folder / "migrations/versions").glob("*.py"):
            if file.name[:4] > migrations_until:
                file.unlink()
        (folder / "requirements.txt").write_text(f"ray[serve,data]=={ray} ; python_version\nreadchar==1\n")
        return folder

    return made


def test_a_version_for_another_ray_is_not_put_beside_the_one_that_runs(
    releases: Callable[..., Path],
) -> None:
    preflight.require_goes_on(releases("old"), releases("new"), [])
    with pytest.raises(Refused, match=r"from 2\.60\.0 to 3\.0\.0"):
        preflight.require_goes_on(releases("old2"), releases("new2", ray="3.0.0"), [])


def test_a_migration_that_takes_away_what_runs_is_not_applied_beside_it(
    releases: Callable[..., Path],
) -> None:
    module = ModuleType("9998_takes_away")
    vars(module).update(down_revision=migrations.head(), oldest_code=migrations.head())
    takes_away = Script(module, "9998", "9998_takes_away.py")
    preflight.require_goes_on(releases("old"), releases("new"), [takes_away])
    with pytest.raises(Refused, match=f"Deploy a version that ends at {migrations.head()} first"):
        preflight.require_goes_on(releases("older", migrations_until="0020"), releases("new2"), [takes_away])


def test_where_nothing_runs_nothing_is_deployed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("DATA_DIR", str(tmp_path))
    monkeypatch.delenv("DATABASE_URL", raising=False)
    settings.cache_clear()
    try:
        assert deploy.main([]) == deploy.REFUSED
    finally:
        settings.cache_clear()
    assert f"nothing runs on the data folder {tmp_path}" in capsys.readouterr().err


def test_a_wrong_setting_is_named(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("PORT", "no")
    settings.cache_clear()
    try:
        assert deploy.main([]) == deploy.REFUSED
    finally:
        settings.cache_clear()
    assert "the settings are wrong: PORT" in capsys.readouterr().err


def test_packages_are_installed_only_where_they_differ(releases: Callable[..., Path]) -> None:
    def plan(old: Path | None, new: Path) -> preflight.Plan:
        nowhere = Running(ray_address="", database_url="")
        return preflight.Plan(
            configuration=Settings(), running=nowhere, token="", old=old, new=new, pending=()
        )

    old, same, other = releases("old"), releases("same"), releases("other", ray="2.60.1")
    assert plan(old, same).same_packages
    assert not plan(old, other).same_packages
    assert not plan(None, same).same_packages
