"""Pages of the reference that are made from the code."""

from docs import commands
from tests.imports import ROOT


def test_page_on_commands_is_up_to_date():
    """If this fails: python -m docs.commands >docs/reference/commands.md."""
    page = ROOT / "docs" / "reference" / "commands.md"
    assert page.read_text(encoding="utf-8") == commands.as_markdown()


def test_every_command_of_ours_has_a_place_and_help():
    assert "Others" not in commands.groups(), "add the command to GROUPS in docs/commands.py"
    assert [name for name, parser in commands.parsers().items() if not parser.description] == []


def test_usage_shows_required_options_first_and_others_in_brackets():
    parser = commands.parsers()["analyse_responses"]
    used = commands.usage("analyse_responses", parser)
    assert used.startswith("analyse_responses --scale NAME=ITEM,ITEM- --min MIN --max MAX [")
    assert used.endswith(" FILE")
