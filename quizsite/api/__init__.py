"""The JSON API: `version_1.py` lists its parts, each of which is in the app that it is about."""
