from django.contrib import admin
from django.urls import include, path

from quizsite.api import api

urlpatterns = [
    path("", include("quiz.urls")),
    path("roles/", include("roles.urls")),
    path("api/v1/", api.urls),
    path("admin/", admin.site.urls),
    path("", include("quizsite.pages")),
    path("", include("quizsite.health")),
]

handler400 = "quizsite.errors.bad_request"
handler403 = "quizsite.errors.permission_denied"
handler404 = "quizsite.errors.page_not_found"
handler500 = "quizsite.errors.server_error"
