from django.urls import path

from organization import views

app_name = "organization"
urlpatterns = [
    path("look/<slug:digest>.css", views.colors, name="colors"),
    path("look/<slug:digest>.png", views.logo, name="logo"),
]
