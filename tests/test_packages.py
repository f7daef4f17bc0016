"""What the site is built from: its bill of materials, its licenses, and versions to avoid."""

import json
import re
import tomllib
from datetime import UTC, datetime

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name
from packaging.version import Version

from docs import packages
from tests.imports import ROOT

pytestmark = pytest.mark.pure

PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
DIRECT = {canonicalize_name(Requirement(each).name): each for each in PROJECT["dependencies"]}


@pytest.fixture(scope="module")
def bill():
    made = packages.bill(packages.installed(), datetime(2026, 11, 30, tzinfo=UTC))
    return json.loads(json.dumps(made))


def bad_versions(pins):
    return [
        f"{name} {version}: {', '.join(bad.ids)}"
        for name, version in pins
        for bad in packages.known_bad()
        if bad.holds(name, Version(version))
    ]


@pytest.mark.parametrize("file", ["requirements.txt", "requirements-dev.txt"])
def test_no_pinned_version_is_known_to_be_bad(file):
    assert bad_versions(packages.pinned(file)) == []


@pytest.mark.parametrize(
    ("name", "version", "is_bad"),
    [
        ("Django", "5.2.15", True),
        ("django", "5.2.16", False),
        ("granian", "2.7.3", True),
        ("granian", "2.7.9", False),
        ("granian", "2.8.6", True),
        ("weasyprint", "70.0", False),
    ],
)
def test_version_is_bad_from_its_first_to_before_the_fix(name, version, is_bad):
    assert bool(bad_versions([(name, version)])) == is_bad


def test_known_bad_versions_are_of_direct_dependencies_and_say_where_to_read():
    for bad in packages.known_bad():
        assert bad.package in DIRECT, bad.package
        assert bad.since < bad.below
        assert all(re.match(r"CVE-\d{4}-\d{4,}$|https://", each) for each in bad.ids)


def test_project_asks_for_no_version_that_is_known_to_be_bad():
    lowest = {
        name: re.search(r">=([\d.]+)", Requirement(each).specifier.__str__())
        for name, each in DIRECT.items()
    }
    pins = [(name, found[1]) for name, found in lowest.items() if found]
    assert bad_versions(pins) == []


def test_bill_lists_every_direct_dependency_with_version_and_license(bill):
    assert (bill["bomFormat"], bill["specVersion"]) == ("CycloneDX", "1.6")
    by_name = {each["name"]: each for each in bill["components"]}
    assert DIRECT.keys() <= by_name.keys()
    for each in bill["components"]:
        assert each["purl"] == f"pkg:pypi/{each['name']}@{each['version']}"
        assert each["licenses"][0]["license"]["name"] != "not stated", each["name"]


def test_every_dependency_in_the_bill_is_one_of_its_components(bill):
    references = {each["bom-ref"] for each in bill["components"]}
    site, *others = bill["dependencies"]
    assert len(site["dependsOn"]) == len(DIRECT)
    assert {each["ref"] for each in others} == references
    assert {name for each in bill["dependencies"] for name in each["dependsOn"]} <= references


def test_security_policy_names_versions_an_address_and_times():
    policy = (ROOT / "SECURITY.md").read_text(encoding="utf-8")
    for heading in ("Supported versions", "Report a weakness", "What happens then"):
        assert f"## {heading}" in policy
