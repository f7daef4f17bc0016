from django.urls import path

from roles import views

app_name = "roles"
urlpatterns = [
    path("", views.role_list, name="role_list"),
    path("compare/<slug:first>/<slug:second>/", views.role_comparison, name="role_comparison"),
    path("<slug:slug>/", views.role_detail, name="role_detail"),
]
