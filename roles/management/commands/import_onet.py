from argparse import ArgumentParser
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from roles.importing.command import ImportCommand
from roles.importing.onet import read_release
from roles.importing.parsed import ParsedRelease


class Command(ImportCommand):
    help = (
        "Import a release of O*NET (28.0 or newer) from the folder with its text files. Only "
        "figures from O*NET change. If there is an error in a file, nothing changes."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("folder", help="the unpacked text release, for example db_30_3_text")
        parser.add_argument(
            "--release", default="", help="release number, if the folder name doesn't contain it"
        )
        super().add_arguments(parser)

    def read(self, codes: Iterable[str], options: dict[str, Any]) -> ParsedRelease:
        return read_release(Path(options["folder"]), codes, options["release"])
