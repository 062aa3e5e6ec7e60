"""A secret nobody set is made once."""

import stat
from pathlib import Path

from launch.secrets import made_once


def test_a_secret_stays_the_same_and_is_for_this_user_alone(tmp_path: Path) -> None:
    file = tmp_path / "data" / "admin_token"
    made = made_once(file)
    assert len(made) >= 32
    assert made_once(file) == made
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert list(file.parent.iterdir()) == [file]


def test_two_secrets_differ(tmp_path: Path) -> None:
    assert made_once(tmp_path / "a") != made_once(tmp_path / "b")


def test_a_secret_somebody_put_there_is_taken(tmp_path: Path) -> None:
    file = tmp_path / "admin_token"
    file.write_text("mine\n")
    assert made_once(file) == "mine"


def test_a_crash_while_it_was_written_leaves_no_half_secret(tmp_path: Path) -> None:
    (tmp_path / "token.unfinished").write_text("half")
    file = tmp_path / "token"
    assert made_once(file) != "half"
