"""The code that runs is a copy that nobody changes."""

from pathlib import Path

import pytest

from launch import release


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    root = tmp_path / "checkout"
    for file in ("serve_app.py", "web/__init__.py", "web/page.html", "migrations/env.py", "tests/test_it.py"):
        (root / file).parent.mkdir(parents=True, exist_ok=True)
        (root / file).write_text("old")
    (root / "requirements.txt").write_text("ray==1")
    (root / ".env").write_text("ADMIN_TOKEN=secret")
    return root


def _files(folder: Path) -> set[str]:
    return {str(file.relative_to(folder)) for file in folder.rglob("*") if file.is_file()}


def test_a_release_has_all_that_runs_and_no_secrets(checkout: Path, tmp_path: Path) -> None:
    made = release.keep(tmp_path / "var", checkout)
    assert _files(made) == {
        "serve_app.py",
        "web/__init__.py",
        "web/page.html",
        "migrations/env.py",
        "requirements.txt",
    }


def test_what_changes_in_the_checkout_afterwards_is_another_release(checkout: Path, tmp_path: Path) -> None:
    old = release.keep(tmp_path / "var", checkout)
    release.note_started(tmp_path / "var", old)
    assert release.keep(tmp_path / "var", checkout) == old
    (checkout / "web/page.html").write_text("new")
    new = release.keep(tmp_path / "var", checkout)
    assert new != old
    assert (old / "web/page.html").read_text() == "old"


def test_the_versions_that_ran_are_known_the_newest_first(checkout: Path, tmp_path: Path) -> None:
    data = tmp_path / "var"
    assert release.history(data) == []
    ran = []
    for number in range(release.KEPT + 2):
        (checkout / "serve_app.py").write_text(str(number))
        ran.append(release.keep(data, checkout))
        release.note_started(data, ran[-1])
    assert release.history(data) == ran[: -release.KEPT - 1 : -1]
    release.note_started(data, ran[-2])
    assert release.history(data)[:2] == [ran[-2], ran[-1]]


def test_what_nobody_would_go_back_to_is_deleted(checkout: Path, tmp_path: Path) -> None:
    data = tmp_path / "var"
    never_ran = release.keep(data, checkout)
    (checkout / "serve_app.py").write_text("new")
    assert release.keep(data, checkout).exists()
    assert not never_ran.exists()
