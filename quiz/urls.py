from django.urls import include, path

from quiz.views import result, schema, taking, theme

app_name = "quiz"

urlpatterns = [
    path("", taking.home, name="home"),
    path("quiz/", taking.introduction, name="introduction"),
    path("quiz/<int:page>/", taking.answer_page, name="answer_page"),
    path("quiz/result/", result.result, name="result"),
    path("questionnaire.schema.json", schema.schema, name="schema"),
    path("counselor/", include("quiz.counselor_urls")),
    path("theme/", theme.theme, name="theme"),
]
