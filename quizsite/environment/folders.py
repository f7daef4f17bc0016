"""Where the site itself is, from a checkout or installed."""

from pathlib import Path

PROJECT = Path(__file__).resolve().parents[1]
SITE_FOLDER = PROJECT.parent
# A wheel has the templates inside this package: next to it are other people's packages.
IS_CHECKOUT = (SITE_FOLDER / "manage.py").exists()
TEMPLATES_DIR = (SITE_FOLDER if IS_CHECKOUT else PROJECT) / "templates"
