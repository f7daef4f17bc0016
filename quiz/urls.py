from django.urls import path

from quiz.views import result, taking, theme

app_name = "quiz"

urlpatterns = [
    path("", taking.home, name="home"),
    path("quiz/", taking.introduction, name="introduction"),
    path("quiz/<int:page>/", taking.answer_page, name="answer_page"),
    path("quiz/result/", result.result, name="result"),
    path("theme/", theme.theme, name="theme"),
]
