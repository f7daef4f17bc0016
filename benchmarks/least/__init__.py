"""The least Django app for the same job, to compare with: 24 statements, one row, one result page.

Settings and middleware are those of `django-admin startproject`, and a visit takes 3 requests.
"""
