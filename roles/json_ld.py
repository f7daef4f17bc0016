"""A role as a schema.org Occupation in JSON-LD.

Each salary entry comes from one official source, region, period and currency.
https://schema.org/Occupation, https://schema.org/MonetaryAmountDistribution
"""

import json
from collections.abc import Iterable, Sequence
from typing import Any

from django.utils.safestring import SafeString, mark_safe

from roles.models import Figure, Role, Source

PERCENTILES = {
    "pay_p10": "percentile10",
    "pay_p25": "percentile25",
    "median_pay": "median",
    "pay_p75": "percentile75",
    "pay_p90": "percentile90",
}
# As in Django's json_script: no text can close the surrounding script element.
ESCAPES = {ord(">"): "\\u003E", ord("<"): "\\u003C", ord("&"): "\\u0026"}


def occupation(
    role: Role,
    figures: Sequence[Figure],
    *,
    url: str,
    duties: Iterable[str],
    skills: Iterable[str],
) -> dict[str, Any]:
    """Describe a role as an Occupation, without properties that we have no value for."""
    official = [figure for figure in figures if figure.source.kind == Source.Kind.OFFICIAL]
    salaries = _salaries(official)
    regions = dict.fromkeys(figure.region for figure, _salary in salaries)
    data: dict[str, Any] = {
        "@context": "https://schema.org",
        "@type": "Occupation",
        "@id": url,
        "mainEntityOfPage": url,
        "name": role.title,
        "description": role.summary,
        "responsibilities": list(duties),
        "skills": list(skills),
        "educationRequirements": _text(official, "entry_education"),
        "experienceRequirements": _text(official, "entry_experience"),
        "occupationLocation": [{"@type": "Country", "name": region} for region in regions],
        "estimatedSalary": [salary for _figure, salary in salaries],
    }
    if role.occupation_code:
        data["occupationalCategory"] = {
            "@type": "CategoryCode",
            "inCodeSet": {"@type": "CategoryCodeSet", "name": "SOC"},
            "codeValue": role.occupation_code,
            "name": role.occupation_title,
        }
    return {name: value for name, value in data.items() if value}


def _text(figures: Iterable[Figure], measure: str) -> str:
    return next((figure.text for figure in figures if figure.measure == measure), "")


def _salaries(figures: Iterable[Figure]) -> list[tuple[Figure, dict[str, Any]]]:
    """Build a salary for each source, region, period and currency with a yearly median.

    Each comes with its median figure.
    """
    groups: dict[tuple[str, str, str, str], dict[str, Figure]] = {}
    for figure in figures:
        if figure.measure in PERCENTILES and figure.unit == "year" and figure.value is not None:
            key = (figure.source_key, figure.region, figure.period, figure.currency)
            groups.setdefault(key, {})[figure.measure] = figure
    salaries = []
    for by_measure in groups.values():
        if "median_pay" in by_measure:
            median = by_measure["median_pay"]
            salary: dict[str, Any] = {
                "@type": "MonetaryAmountDistribution",
                "name": "base",
                "currency": median.currency,
                "duration": "P1Y",
            }
            for measure, name in PERCENTILES.items():
                if measure in by_measure:
                    salary[name] = _number(by_measure[measure])
            salaries.append((median, salary))
    return salaries


def _number(figure: Figure) -> int | float:
    value = float(figure.value or 0)
    return int(value) if value.is_integer() else value


def script(data: dict[str, Any]) -> SafeString:
    """Wrap the data in a script element, which browsers don't run because of its type."""
    # Safe to mark: no <, > or & is left, so nothing in the data can end the element.
    text = json.dumps(data, ensure_ascii=False).translate(ESCAPES)
    return mark_safe(f'<script type="application/ld+json">{text}</script>')  # noqa: S308
