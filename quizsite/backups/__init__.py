"""Backups of the whole site: write one, restore one, and move the site to another database."""
