"""Each version runs its own programs."""

from pathlib import Path

import pytest

from scripts.deploying.own_code import Failed, OwnCode


@pytest.fixture
def own(tmp_path: Path) -> OwnCode:
    return OwnCode(tmp_path, tmp_path / "deploy.log")


def program(folder: Path, code: str) -> Path:
    (folder / "said").mkdir(parents=True)
    (folder / "said/__init__.py").write_text("")
    (folder / "said/it.py").write_text(code)
    return folder


def test_a_program_is_the_one_of_that_version(own: OwnCode, tmp_path: Path) -> None:
    for version in ("old", "new"):
        release = program(
            tmp_path / version, f"import sys; print('first'); print('{version}', *sys.argv[1:])"
        )
        assert own.run(release, "said.it", "asked") == f"{version} asked"
    assert own.log.read_text().count("first") == 2


def test_what_failed_says_why_and_where_more_is(own: OwnCode, tmp_path: Path) -> None:
    own.run(program(tmp_path / "good", "print('good')"), "said.it")
    broken = program(tmp_path / "broken", "raise RuntimeError('no such table')")
    with pytest.raises(Failed, match=r"RuntimeError: no such table \(.*deploy.log says more\)"):
        own.run(broken, "said.it")


def test_it_knows_which_installation_it_is_for(own: OwnCode, tmp_path: Path) -> None:
    code = "import os; print(os.environ['DATA_DIR'], os.environ['ENV_FILE'])"
    folder, env_file = own.run(program(tmp_path / "one", code), "said.it").split()
    assert folder == str(tmp_path)
    assert Path(env_file).name == ".env"
