"""The cost of `score_answers` and `analyse_responses`.

    .venv/bin/python -m benchmarks.commands [-n 1000000] [--runs 3]

Writes made-up answers to a temporary folder: a table of n people, and a tenth as many lines of JSON,
with and without times and background. CPU time and peak memory are those of the whole process;
"nothing" measures only its start.
"""

import json
import os
import random
from pathlib import Path

from benchmarks.apart import measure, print_usage

SCALES = 3  # of eight items each
BACKGROUND = ({}, {"B2": "now", "B3": "ba"}, {"B1_sales": 4, "B1_service": 6, "B2": "soon"})


def main():
    kinds = ("nothing", "score", "score_full", "analyse")
    measure("benchmarks.commands", __doc__, once, kinds, count=1_000_000, of="rows of the table")


def once(what, count):
    folder = Path(os.environ["DATA_DIR"])
    if what == "fill":
        fill(folder, count)
        return
    if what == "fill_lines":
        fill_lines(folder, count, random.Random(1))
        return
    import django

    django.setup()
    from django.core.management import call_command

    scales = [
        f"--scale=S{place}={','.join(f'A{n}' for n in range(8 * place, 8 * place + 8))}"
        for place in range(SCALES)
    ]
    calls = {
        "nothing": ("check_questionnaire", str(questionnaire_file())),
        "score": ("score_answers", str(folder / "score.jsonl")),
        "score_full": ("score_answers", str(folder / "score_full.jsonl")),
        "analyse": ("analyse_responses", str(folder / "table.csv"), *scales, "--min=1", "--max=6"),
    }
    with open(os.devnull, "w") as nowhere:
        print_usage(lambda: call_command(*calls[what], stdout=nowhere))


def questionnaire_file():
    from quiz.questionnaires.file import SHIPPED_FILES

    return SHIPPED_FILES[1]


def fill(folder, count):
    rng = random.Random(1)
    with open(folder / "table.csv", "w") as file:
        file.write(",".join(["id", *(f"A{n}" for n in range(8 * SCALES))]) + "\n")
        for number in range(count):
            cells = rng.choices("123456", k=8 * SCALES)
            if number % 20 == 0:
                cells[number % 24] = "NA"
            file.write(f"{number},{','.join(cells)}\n")
    fill_lines(folder, count // 10, rng)


def fill_lines(folder, count, rng):
    keys = [item["key"] for item in json.loads(questionnaire_file().read_text())["items"]]
    for name, is_full in (("score", False), ("score_full", True)):
        with open(folder / f"{name}.jsonl", "w") as file:
            for number in range(count):
                answers = dict(zip(keys, rng.choices(range(1, 6), k=len(keys)), strict=True))
                line = {"id": f"p{number}", "answers": answers}
                if is_full:
                    seconds = [round(rng.lognormvariate(1, 0.6), 1) for _key in keys]
                    line["seconds"] = dict(zip(keys, seconds, strict=True))
                    line["background"] = BACKGROUND[number % len(BACKGROUND)]
                file.write(json.dumps(line) + "\n")


if __name__ == "__main__":
    main()
