"""Simulated people, so that a site has figures to show."""

import json
from datetime import date, timedelta

import numpy as np

from quiz.core.precision import default_norms
from quiz.evidence.batch import flag_levels_of, verdicts_of
from quiz.evidence.simulation import answers_from_norms
from quiz.evidence.tally import Tallied, TallyCounts
from tests.answers import VERSION_2
from tests.browser.site import Site


def give_figures(site: Site) -> None:
    """Give a site figures, from people simulated with the shipped norms."""
    ((version, now),) = site.query(
        "SELECT id, CURRENT_TIMESTAMP FROM quiz_questionnaireversion WHERE status = 'published'"
    )
    site.execute(f"DELETE FROM quiz_tally WHERE version_id = {version}")
    tally = simulated_tally(date.fromisoformat(now[:10]))
    site.execute(
        "INSERT INTO quiz_tally (version_id, language, data, updated_at)"
        f" VALUES ({version}, 'en', '{json.dumps(tally.to_data())}', '{now}')"
    )


def simulated_tally(today: date, count: int = 600) -> TallyCounts:
    """Return `count` people who finished in the last three months and as many who left."""
    norms = default_norms(VERSION_2)
    answers = answers_from_norms(VERSION_2, norms, count, np.random.default_rng(1))
    verdicts = verdicts_of(VERSION_2, answers, flag_levels_of(VERSION_2, answers), norms=norms)
    rows = np.column_stack([answers[item.key] for item in VERSION_2.items]).tolist()
    sittings = []
    for place, (values, verdict) in enumerate(zip(rows, verdicts.tolist(), strict=True)):
        day = today - timedelta(days=place % 80)
        times = [2500 + place * 7 % 4000 + 300 * page for page in range(4)]
        sittings += [
            Tallied(f"{day}", None, f"{day:%Y-%m}", verdict, values, times),
            Tallied(f"{day}", place * 7 % 11 % 5),
        ]
    return TallyCounts.of(VERSION_2, sittings)
