from argparse import ArgumentParser
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from roles.importing.command import ImportCommand
from roles.importing.onet import read_release
from roles.importing.parsed import ParsedRelease


class Command(ImportCommand):
    help = (
        "Bring in a release of O*NET (28.0 or newer) from the folder of its text files. Only "
        "figures of O*NET change; a file with a fault is refused, and then nothing changes."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("folder", help="the unpacked text release, such as db_30_3_text")
        parser.add_argument("--release", default="", help="its number, where the folder lacks it")
        super().add_arguments(parser)

    def read(self, codes: Iterable[str], options: dict[str, Any]) -> ParsedRelease:
        return read_release(Path(options["folder"]), codes, options["release"])
