"""Addresses under /counselor/, in the names of the quiz."""

from django.urls import URLPattern

urlpatterns: list[URLPattern] = []
