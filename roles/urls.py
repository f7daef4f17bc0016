from django.urls import path

from roles import views

app_name = "roles"
urlpatterns = [
    path("", views.role_list, name="role_list"),
    path("compare/", views.role_choice, name="role_choice"),
    *(
        path(f"compare/{slugs}/", views.role_comparison, name="role_comparison")
        for slugs in (
            "<slug:first>/<slug:second>",
            "<slug:first>/<slug:second>/<slug:third>",
            "<slug:first>/<slug:second>/<slug:third>/<slug:fourth>",
        )
    ),
    path("<slug:slug>/", views.role_detail, name="role_detail"),
    path("<slug:slug>/preview.png", views.role_picture, name="role_picture"),
]
