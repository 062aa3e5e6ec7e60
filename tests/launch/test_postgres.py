"""PostgreSQL from the wheel. That it starts and stops is seen by every test that uses it."""

from pathlib import Path

from launch.postgres import EmbeddedPostgres


def test_stopping_what_never_started_is_nothing(tmp_path: Path) -> None:
    EmbeddedPostgres(tmp_path / "never").stop()
    assert not (tmp_path / "never").exists()
