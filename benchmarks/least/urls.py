"""Two pages: all statements, and a result."""

import json
from pathlib import Path

from django.http import HttpResponseBadRequest
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import path

from benchmarks.least.models import Submission

SHIPPED = Path(__file__).parents[2] / "quiz" / "data" / "questionnaire-2.json"
STATEMENTS = {
    item["key"]: item["text"]["en"]
    for item in json.loads(SHIPPED.read_text(encoding="utf-8"))["items"]
}
CHOICES = {1: "Not at all", 2: "A little", 3: "Partly", 4: "Mostly", 5: "Completely"}


def quiz(request):
    if request.method != "POST":
        return render(request, "quiz.html", {"statements": STATEMENTS, "choices": CHOICES})
    try:
        answers = {key: int(request.POST[key]) for key in STATEMENTS}
    except (KeyError, ValueError):
        return HttpResponseBadRequest()
    if not CHOICES.keys() >= set(answers.values()):
        return HttpResponseBadRequest()
    row = Submission.objects.create(answers=answers, score=sum(answers.values()))
    return redirect("result", row.pk)


def result(request, pk):
    row = get_object_or_404(Submission, pk=pk)
    chosen = [(STATEMENTS[key], CHOICES[value]) for key, value in row.answers.items()]
    return render(request, "result.html", {"score": row.score, "chosen": chosen})


urlpatterns = [path("quiz/", quiz), path("result/<int:pk>/", result, name="result")]
