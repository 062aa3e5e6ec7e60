"""The documentation is tested: what it leaves out fails here."""

import re
from pathlib import Path

from fastapi.routing import APIRoute

from actors.metrics.names import DESCRIPTIONS
from settings import Settings
from store.schema import metadata
from web import audit, tokens, users

ROOT = Path(__file__).resolve().parent.parent


def test_every_setting_has_its_line_and_every_line_its_setting() -> None:
    documented = re.findall(r"^\| `([A-Z_]+)` \|", (ROOT / "docs/settings.md").read_text(), re.MULTILINE)
    assert sorted(documented) == sorted(name.upper() for name in Settings.model_fields)


def test_every_metric_has_its_line_and_every_line_its_metric() -> None:
    documented = re.findall(r"^\| `ray_(\w+)` \|", (ROOT / "docs/monitoring.md").read_text(), re.MULTILINE)
    assert sorted(documented) == sorted(DESCRIPTIONS)


def test_what_each_migration_drops_on_the_way_back_has_its_line() -> None:
    documented = re.findall(r"^\| `(\d{4})` \|", (ROOT / "docs/upgrading.md").read_text(), re.MULTILINE)
    revisions = [file.name[:4] for file in (ROOT / "migrations/versions").glob("*.py")]
    assert sorted(documented) == sorted(revisions)


def test_every_link_of_the_readme_leads_somewhere() -> None:
    readme = (ROOT / "README.md").read_text()
    for target in re.findall(r"\]\((?!http)([^)#]+)\)", readme):
        assert (ROOT / target).exists(), target


def test_every_folder_of_the_house_is_in_the_readme() -> None:
    house = (ROOT / "README.md").read_text()
    folders = {file.parent.name for file in ROOT.glob("*/__init__.py")} - {"launch"}
    for folder in folders:
        assert f"{folder}/" in house, folder


def test_every_table_has_an_end_or_a_reason_and_every_line_its_table() -> None:
    ends = (ROOT / "docs/data-life.md").read_text().partition("## How long each table lives")[2]
    assert sorted(re.findall(r"^\| `(\w+)` \|", ends, re.MULTILINE)) == sorted(metadata.tables)


def test_every_call_of_accounts_tokens_and_the_log_has_its_line() -> None:
    documented = (ROOT / "docs/console.md").read_text()
    for router, prefix in ((users.router, "/api"), (tokens.router, "/api"), (audit.router, "/api")):
        for route in router.routes:
            assert isinstance(route, APIRoute)
            for method in route.methods or ():
                assert f"`{method} {prefix}{route.path}`" in documented, route.path


def test_every_test_that_the_threat_model_names_is_there() -> None:
    named = re.findall(r"`(tests/[\w/]+\.py)::(\w+)`", (ROOT / "docs/security.md").read_text())
    assert named
    for file, test in named:
        assert f"def {test}(" in (ROOT / file).read_text(), test


def test_every_threat_has_a_test() -> None:
    text = (ROOT / "docs/security.md").read_text()
    threats = [line for line in text.splitlines() if line.startswith("| ") and "---" not in line][1:]
    assert threats
    assert [line for line in threats if "::test_" not in line] == []
