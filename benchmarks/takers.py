"""Random people for benchmarks: their answers and results."""


def new_site():
    """Migrate, load the content, and return the published version."""
    from django.core.management import call_command

    from quiz.questionnaires.models import QuestionnaireVersion

    call_command("migrate", verbosity=0)
    call_command("load_content", verbosity=0)
    return QuestionnaireVersion.objects.published().get()


def scored_answers(questionnaire, rng):
    """Return the answers (as an attempt stores them) and the result of a person who leans one way or the other."""
    from quiz.core.scoring import score

    side = rng.gauss(0, 0.8)
    values = {
        item.key: min(5, max(1, round(3 + item.keying * side + rng.gauss(0, 1.1))))
        for item in questionnaire.items
    }
    answers = {
        key: {"value": value, "position": place, "ms": rng.randint(2000, 9000)}
        for place, (key, value) in enumerate(values.items(), start=1)
    }
    seconds = {key: answer["ms"] / 1000 for key, answer in answers.items()}
    return answers, score(questionnaire, values, seconds=seconds).to_data()


def finished_attempt(version, number, answers, result, now, **more):
    """Build an unsaved attempt."""
    from quiz.attempts.models import Attempt

    return Attempt(
        code_hash=f"{number:064}", version=version, language="en", is_first=True, shows_sales_first=True,
        answers=answers, result=result, started_at=now, saved_at=now, finished_at=now, **more,
    )  # fmt: skip
