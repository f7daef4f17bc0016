"""Print what the site is built from: `python -m docs.packages` (or its licenses: `--licenses`).

The bill lists each package of requirements.txt that this environment has, as CycloneDX 1.6 in JSON.
"""

import argparse
import json
import re
import sys
import tomllib
import uuid
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib.metadata import Distribution, PackageNotFoundError, distribution
from pathlib import Path
from typing import Any

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name
from packaging.version import Version

from quizsite import __version__

ROOT = Path(__file__).resolve().parents[1]
KNOWN_BAD = Path(__file__).parent / "known-bad.toml"
# The licenses of packages that name them neither as an expression nor in one line.
LICENSE_CLASSIFIER = "License :: OSI Approved :: "


def pinned(file: str = "requirements.txt") -> Iterator[tuple[str, str]]:
    """Yield the name and version of each line of a requirements file, for any platform."""
    text = (ROOT / file).read_text(encoding="utf-8")
    yield from re.findall(r"^([\w.-]+)(?:\[[\w,-]+\])?==([\w.!+-]+)", text, re.MULTILINE)


def installed() -> list[Distribution]:
    """Return the packages of requirements.txt that this environment has, by name."""
    found = {}
    for name, _version in pinned():
        try:
            found[canonicalize_name(name)] = distribution(name)
        except PackageNotFoundError:
            continue  # for another platform
    return [found[name] for name in sorted(found)]


def license_of(package: Distribution) -> str:
    """Return the license as the package states it, shortened to one line."""
    about: Mapping[str, Any] = package.metadata  # type: ignore[assignment]
    if expression := about.get("License-Expression"):
        return str(expression)
    classifiers = package.metadata.get_all("Classifier") or []
    named = [
        each.removeprefix(LICENSE_CLASSIFIER)
        for each in classifiers
        if each.startswith(LICENSE_CLASSIFIER)
    ]
    stated = str(about.get("License") or "")
    return " or ".join(named) or stated.partition("\n")[0] or "not stated"


# ---------------------------------------------------------------- the bill of materials


def bill(packages: list[Distribution], now: datetime) -> dict[str, Any]:
    """Describe the site and its packages in CycloneDX 1.6."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    site = {
        "type": "application",
        "bom-ref": project["name"],
        "name": project["name"],
        "version": __version__,
        "licenses": [{"license": {"id": project["license"]}}],
    }
    references = {canonicalize_name(each.name): reference(each) for each in packages}
    direct = [canonicalize_name(Requirement(each).name) for each in project["dependencies"]]
    return {
        "$schema": "http://cyclonedx.org/schema/bom-1.6.schema.json",
        "bomFormat": "CycloneDX",
        "specVersion": "1.6",
        "serialNumber": f"urn:uuid:{uuid.uuid4()}",
        "version": 1,
        "metadata": {"timestamp": now.isoformat(timespec="seconds"), "component": site},
        "components": [component(each) for each in packages],
        "dependencies": [
            {"ref": project["name"], "dependsOn": [references[name] for name in direct]},
            *(
                {"ref": reference(each), "dependsOn": sorted(needs(each, references))}
                for each in packages
            ),
        ],
    }


def reference(package: Distribution) -> str:
    """Return the package URL, which names a package and its version."""
    return f"pkg:pypi/{canonicalize_name(package.name)}@{package.version}"


def component(package: Distribution) -> dict[str, Any]:
    return {
        "type": "library",
        "bom-ref": reference(package),
        "name": canonicalize_name(package.name),
        "version": package.version,
        "purl": reference(package),
        "licenses": [{"license": {"name": license_of(package)}}],
    }


def needs(package: Distribution, references: Mapping[str, str]) -> set[str]:
    names = {canonicalize_name(Requirement(each).name) for each in package.requires or []}
    return {references[name] for name in names & references.keys()}


# ---------------------------------------------------------------- known-bad versions


@dataclass(frozen=True)
class KnownBad:
    """Versions of a package from `since` up to, but not including, `below`."""

    package: str
    since: Version
    below: Version
    ids: tuple[str, ...]

    def holds(self, name: str, version: Version) -> bool:
        return canonicalize_name(name) == self.package and self.since <= version < self.below


def known_bad() -> list[KnownBad]:
    rows = tomllib.loads(KNOWN_BAD.read_text(encoding="utf-8"))["bad"]
    return [
        KnownBad(
            row["package"],
            Version(row.get("from", "0")),
            Version(row["below"]),
            tuple(row["ids"]),
        )
        for row in rows
    ]


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m docs.packages", description=__doc__)
    parser.add_argument("--licenses", action="store_true", help="print a list of licenses instead")
    if parser.parse_args().licenses:
        for each in installed():
            print(f"{each.name:32} {each.version:14} {license_of(each)}")
    else:
        json.dump(bill(installed(), datetime.now(UTC)), sys.stdout, indent=2)
        print()


if __name__ == "__main__":
    main()
