from django.urls import include, path

from quiz.visitor import (
    interest,
    invitation_code,
    invited,
    method,
    next_step,
    own_data,
    reminders,
    result,
    resuming,
    schema,
    sharing,
    taking,
    theme,
    welcome,
)
from quiz.web.accounts import with_accounts

app_name = "quiz"

urlpatterns = [
    path("", welcome.home, name="home"),
    path("quiz/", welcome.introduction, name="introduction"),
    path("quiz/<int:page>/", taking.answer_page, name="answer_page"),
    path("quiz/result/", result.result, name="result"),
    path("quiz/result.pdf", result.result_pdf, name="result_pdf"),
    path("quiz/result.json", result.result_json, name="result_json"),
    path("quiz/next-step/", next_step.next_step, name="next_step"),
    path("quiz/results/", result.own_results, name="own_results"),
    path("quiz/results/<int:place>/", result.own_result, name="own_result"),
    path("quiz/code/", resuming.code, name="code"),
    path("quiz/resume/", resuming.resume, name="resume"),
    path("quiz/leave/", resuming.leave, name="leave"),
    path("quiz/left/", resuming.left, name="left"),
    path("quiz/shares/", sharing.shares, name="shares"),
    path("quiz/shares/<uuid:link_id>/revoke/", sharing.revoke, name="revoke"),
    path("quiz/data/", own_data.own_data, name="own_data"),
    path("quiz/data.json", own_data.own_data_json, name="own_data_json"),
    path("quiz/data/background/", own_data.background, name="background"),
    path("quiz/data/research/", own_data.research, name="research"),
    path("quiz/data/delete/", own_data.delete, name="delete"),
    path("quiz/deleted/", own_data.deleted, name="deleted"),
    path("quiz/fit/<slug:role_slug>/", interest.interest, name="interest"),
    path("quiz/disclose/", invited.disclose, name="disclose"),
    path("quiz/withdraw/", invited.withdraw, name="withdraw"),
    path("reminders/<path:token>/", reminders.stop_reminders, name="stop_reminders"),
    path("join/", invitation_code.invitation_code, name="invitation_code"),
    # They look whether a counselor is logged in.
    with_accounts(path("invitation/<path:token>/", invited.invitation, name="invitation")),
    with_accounts(path("group/<path:token>/", invited.group_invitation, name="group_invitation")),
    path("shared/<path:token>/picture.png", sharing.shared_picture, name="shared_picture"),
    path("shared/<path:token>/", sharing.shared, name="shared"),
    path("questionnaire.schema.json", schema.schema, name="schema"),
    with_accounts(path("counselor/", include("quiz.counseling.urls"))),
    path("method/", method.method, name="method"),
    path("theme/", theme.theme, name="theme"),
]
