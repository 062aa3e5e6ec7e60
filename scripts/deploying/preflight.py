"""What has to be so before anything is changed."""

import asyncio
import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from alembic.script import Script
from pydantic import ValidationError
from sqlalchemy.exc import SQLAlchemyError

from launch import release
from launch.running import NotRunning, Running, find
from launch.secrets import made_once
from scripts.deploying.errors import Refused
from settings import Settings, settings
from store import migrations
from store.migrations import Level


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """From which release to which. `old`: None where what runs was not kept, and there is no way back."""

    configuration: Settings
    running: Running
    token: str
    old: Path | None
    new: Path
    pending: Sequence[Script]

    @property
    def database_url(self) -> str:
        return self.running.database_url

    @property
    def same_packages(self) -> bool:
        def wanted(release: Path) -> str:
            return (release / "requirements.txt").read_text()

        return self.old is not None and wanted(self.old) == wanted(self.new)

    @property
    def data(self) -> Path:
        return self.configuration.data_dir.resolve()


def plan(*, back: bool) -> Plan:
    """`back`: to the version before the one that runs. Refused."""
    configuration = _settings()
    data = configuration.data_dir.resolve()
    try:
        running = find(configuration)
    except NotRunning as error:
        raise Refused(str(error)) from error
    history = release.history(data)
    old = history[0] if history else None
    new = _before(history) if back else release.keep(data)
    at = _level(running.database_url)
    pending = [] if back else migrations.pending(at)
    _require_schema_fits(at, new)
    if old is not None:
        require_goes_on(old, new, pending)
    token = configuration.admin_token
    return Plan(
        configuration=configuration,
        running=running,
        token=token.get_secret_value() if token else made_once(data / "admin_token"),
        old=old,
        new=new,
        pending=pending,
    )


def _settings() -> Settings:
    try:
        return settings()
    except ValidationError as error:
        wrong = "; ".join(f"{str(each['loc'][0]).upper()}: {each['msg']}" for each in error.errors())
        raise Refused(f"the settings are wrong: {wrong}") from error


def _before(history: Sequence[Path]) -> Path:
    if len(history) < 2:  # noqa: PLR2004 - the one that runs, and one before
        raise Refused("no version before the one that runs is kept in DATA_DIR/releases")
    return history[1]


def _level(database_url: str) -> Level:
    try:
        return asyncio.run(migrations.level(database_url))
    except (OSError, SQLAlchemyError) as error:
        raise Refused(f"the database cannot be reached: {error}") from error


def _require_schema_fits(at: Level, new: Path) -> None:
    try:
        migrations.require_fits(at, migrations.head(new / "migrations"))
    except migrations.TooNew as error:
        raise Refused(str(error)) from error


def require_goes_on(old: Path, new: Path, pending: Sequence[Script]) -> None:
    """Refused where the old version could not run beside the new one, or after it."""
    knows = migrations.head(old / "migrations")
    for migration in pending:
        needs = migrations.oldest_code(migration)
        if needs is not None and needs > knows:
            raise Refused(
                f"migration {migration.revision} takes away what the version that runs uses (it ends at "
                f"{knows}). Deploy a version that ends at {needs} first. Or stop and start with the new one: "
                "then there is no way back but a backup"
            )
    was, becomes = _ray(old), _ray(new)
    if was != becomes:
        raise Refused(
            f"Ray itself changes, from {was} to {becomes}, and one cluster cannot run both: stop, and start "
            "again with the new version"
        )


def _ray(folder: Path) -> str:
    found = re.search(r"^ray(?:\[[^]]*\])?==(\S+)", (folder / "requirements.txt").read_text(), re.MULTILINE)
    return found[1] if found else "unknown"
