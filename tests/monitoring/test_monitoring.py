"""For Prometheus, Alertmanager and Grafana: every rule fires, stays silent, and asks for what there is."""

import json
import re
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from actors.metrics.names import DESCRIPTIONS

ROOT = Path(__file__).resolve().parents[2]
MONITORING = ROOT / "monitoring"
CASES = sorted(Path(__file__).parent.glob("*_test.yml"))
# What a histogram is told as.
SUFFIX = re.compile(r"_(bucket|sum|count)$")

promtool = pytest.mark.skipif(not shutil.which("promtool"), reason="no promtool here: apt install prometheus")
amtool = pytest.mark.skipif(
    not shutil.which("amtool"), reason="no amtool here: apt install prometheus-alertmanager"
)


def checked(*command: str) -> None:
    done = subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: S603 - the two tools
    assert done.returncode == 0, done.stdout + done.stderr


def alerts() -> dict[str, dict[str, Any]]:
    groups = yaml.safe_load((MONITORING / "alerts.yml").read_text())["groups"]
    return {rule["alert"]: rule for group in groups for rule in group["rules"] if "alert" in rule}


@promtool
def test_each_alert_fires_and_stays_silent_on_made_up_series() -> None:
    checked("promtool", "test", "rules", *map(str, CASES))


@promtool
def test_prometheus_reads_its_file() -> None:
    checked("promtool", "check", "config", "--syntax-only", str(MONITORING / "prometheus.yml"))


@amtool
def test_alertmanager_reads_its_file() -> None:
    checked("amtool", "check-config", str(MONITORING / "alertmanager.yml"))


def test_there_is_a_case_for_each_alert_firing_and_one_for_it_silent() -> None:
    cases = [case for file in CASES for case in yaml.safe_load(file.read_text())["tests"]]
    asked = [(case, test) for case in cases for test in case.get("promql_expr_test", ())]
    fires = {named(test["expr"]) for _, test in asked if test["exp_samples"]}
    silent = {named(test["expr"]) for _, test in asked if not test["exp_samples"]}
    assert fires == alerts().keys()
    assert silent == alerts().keys() - {"DailyDigest"}  # which is there every day


def named(expression: str) -> str:
    found = re.search(r'alertname="(\w+)"', expression)
    assert found, expression
    return found[1]


def test_each_alert_says_how_bad_it_is_and_what_to_do() -> None:
    for name, rule in alerts().items():
        assert rule["labels"]["severity"] in ("critical", "warning", "info"), name
        assert rule["annotations"]["summary"], name
        assert rule["labels"]["severity"] == "info" or rule["annotations"]["action"], name


def expressions() -> Iterator[str]:
    yield from (rule["expr"] for rule in alerts().values())
    dashboard = json.loads((MONITORING / "grafana" / "shopkeep.json").read_text())
    for panel in dashboard["panels"]:
        yield from (target["expr"] for target in panel.get("targets", ()))


def test_nothing_asks_for_a_metric_that_is_not_there() -> None:
    asked = {
        SUFFIX.sub("", name) for each in expressions() for name in re.findall(r"ray_(shopkeep_\w+)", each)
    }
    assert asked
    assert asked <= DESCRIPTIONS.keys()


def test_the_dashboard_shows_every_metric() -> None:
    text = (MONITORING / "grafana" / "shopkeep.json").read_text()
    assert {name for name in DESCRIPTIONS if f"ray_{name}" not in text} == set()


def test_alertmanager_has_a_way_for_every_severity() -> None:
    route = yaml.safe_load((MONITORING / "alertmanager.yml").read_text())["route"]
    ways = {matcher for way in route["routes"] for matcher in way["matchers"]}
    assert {f'severity="{rule["labels"]["severity"]}"' for rule in alerts().values()} == ways
