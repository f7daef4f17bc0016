from argparse import ArgumentParser
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from roles.importing.bls import read_bls
from roles.importing.command import ImportCommand
from roles.importing.parsed import ParsedRelease


class Command(ImportCommand):
    help = (
        "Import a table of the US Bureau of Labor Statistics (XLSX or CSV, as published): national "
        "wages (OEWS) or employment projections (table 1.2). Only figures from that source change. "
        "If there is an error in the file, nothing changes."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", help="for example national_M2025_dl.xlsx or occupation.xlsx")
        parser.add_argument(
            "--period",
            default="",
            help="the month of a wage table, if the file name doesn't contain it",
        )
        super().add_arguments(parser)

    def read(self, codes: Iterable[str], options: dict[str, Any]) -> ParsedRelease:
        return read_bls(Path(options["file"]), codes, options["period"])
