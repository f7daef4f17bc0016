"""Alerts, dashboard and the page about them know every metric, and no other."""

import json
import re
import subprocess

import pytest
import yaml

from quiz.web.metrics import COUNTED
from quizsite.watching.exposed import READ
from tests import promtool
from tests.imports import ROOT

PROMETHEUS = ROOT / "deploy" / "prometheus"
DASHBOARD = ROOT / "deploy" / "grafana" / "dashboard.json"
PAGE = ROOT / "docs" / "operating" / "watching.md"

LABELS = {metric.name: set(metric.labels) for metric in COUNTED}
LABELS |= {f"career_quiz_{name}": {label} - {""} for name, (_help, label) in READ.items()}
HISTOGRAMS = {metric.name for metric in COUNTED if metric.kind == "histogram"}
# Labels that Prometheus adds.
ADDED = {"instance", "job"}


def alerts() -> list[dict]:
    (group,) = yaml.safe_load((PROMETHEUS / "alerts.yml").read_text())["groups"]
    return group["rules"]


def panels() -> list[dict]:
    return json.loads(DASHBOARD.read_text())["panels"]


def queries() -> dict[str, str]:
    """Return each query by where it is."""
    of_panels = {
        f"{panel['title']} {target['refId']}": target["expr"]
        for panel in panels()
        for target in panel.get("targets", [])
    }
    return of_panels | {alert["alert"]: alert["expr"] for alert in alerts()}


@pytest.mark.parametrize("place", queries())
def test_query_names_metrics_and_labels_that_exist(place):
    query = queries()[place]
    named = set()
    for name in re.findall(r"career_quiz_\w+", query):
        without = re.sub("_(bucket|sum|count)$", "", name)
        named.add(without if without in HISTOGRAMS else name)
    assert named <= LABELS.keys()
    lists = re.findall(r"(?:by|on) \(([^)]*)\)|(\w+)(?:=|!=|=~|!~)\"", query)
    labels = {label for pair in lists for part in pair for label in re.findall(r"\w+", part)}
    assert labels <= set().union(ADDED, {"le"}, *(LABELS[name] for name in named))


def test_every_metric_is_on_the_dashboard():
    everything = " ".join(queries().values())
    assert [
        name for name in LABELS if not re.search(rf"{name}(_bucket|_count)?\b", everything)
    ] == []


def test_dashboard_has_rows_unique_ids_and_one_source():
    dashboard = json.loads(DASHBOARD.read_text())
    ids = [panel["id"] for panel in panels()]
    assert len(ids) == len(set(ids))
    rows = [panel["title"] for panel in panels() if panel["type"] == "row"]
    assert rows == ["People", "Speed", "Trouble", "Background"]
    (variable,) = dashboard["templating"]["list"]
    assert (variable["name"], variable["type"]) == ("datasource", "datasource")
    sources = {
        each["datasource"]["uid"]
        for panel in panels()
        if panel["type"] != "row"
        for each in (panel, *panel["targets"])
    }
    assert sources == {"${datasource}"}


def test_panels_do_not_overlap():
    taken = [
        (x, y)
        for panel in panels()
        for place in [panel["gridPos"]]
        for x in range(place["x"], place["x"] + place["w"])
        for y in range(place["y"], place["y"] + place["h"])
    ]
    assert len(taken) == len(set(taken))
    assert max(x for x, _y in taken) < 24


@pytest.mark.parametrize("alert", alerts(), ids=lambda alert: alert["alert"])
def test_alert_says_what_happened_and_what_to_do(alert):
    assert alert["annotations"].keys() == {"summary", "todo"}
    assert alert["labels"]["severity"] in ("page", "ticket")


def test_each_alert_is_tried_silent_and_firing():
    tests = yaml.safe_load((PROMETHEUS / "alerts_test.yml").read_text())["tests"]
    assert [test["name"] for test in tests] == [alert["alert"] for alert in alerts()]
    for test in tests:
        silent, firing = (each["exp_samples"] for each in test["promql_expr_test"])
        assert silent == []
        assert firing == [{"labels": f'{{alertname="{test["name"]}"}}', "value": 1}]


def test_page_explains_every_metric_and_its_labels():
    rows = re.findall(r"^\| `(career_quiz_\w+)` \| (.*?)\|", PAGE.read_text(), re.MULTILINE)
    explained = {name: set(re.findall(r"`(\w+)`", labels)) for name, labels in rows}
    assert explained == LABELS


with_promtool = pytest.mark.skipif(not promtool.is_installed(), reason="promtool is not installed")


@pytest.mark.long
@with_promtool
@pytest.mark.parametrize(
    "arguments",
    [
        ("check", "config", "prometheus.yml"),
        ("check", "rules", "alerts.yml"),
        ("test", "rules", "alerts_test.yml"),
    ],
    ids=" ".join,
)
def test_promtool_finds_no_fault(arguments):
    done = subprocess.run(
        ["promtool", *arguments], cwd=PROMETHEUS, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.long
@with_promtool
def test_every_query_of_the_dashboard_can_be_read(tmp_path):
    rules = [{"record": "a:query", "expr": query} for query in queries().values()]
    file = tmp_path / "rules.yml"
    file.write_text(yaml.safe_dump({"groups": [{"name": "queries", "rules": rules}]}))
    done = subprocess.run(
        ["promtool", "check", "rules", "--lint=none", file],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
