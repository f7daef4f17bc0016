"""The monthly report for the head of service: counts of all clients, and of no one in particular.

Why numbers are rounded by chance, once: docs/decisions/2026-12-01-months-counted-once.md.
"""
