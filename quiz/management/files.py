"""Files given on the command line: questionnaires to read, and files to write."""

import os
import secrets
import sys
from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager, ExitStack, contextmanager, nullcontext
from pathlib import Path
from typing import IO

from django.core.management.base import CommandError

from quiz.core.questionnaire import Questionnaire
from quiz.questionnaires.check import check
from quiz.questionnaires.file import MOST_BYTES, FileFault, read


def questionnaire_from(path: str, *, offered: list[str] | None = None) -> Questionnaire:
    """Read a questionnaire (- is standard input); CommandError says what is wrong."""
    with opened(path) as file:
        content = file.read(MOST_BYTES + 1)
    try:
        return read(content, offered=offered)
    except FileFault as fault:
        raise CommandError("\n".join(f"{path}: {line}" for line in fault.faults)) from None


def opened(path: str) -> AbstractContextManager[IO[bytes]]:
    """Open a file to read (- is standard input); CommandError says why it can't be opened."""
    if path == "-":
        return nullcontext(sys.stdin.buffer)
    try:
        return open(path, "rb")
    except OSError as error:
        raise CommandError(f"{path}: {error.strerror}") from None


def sound_questionnaire(path: str) -> Questionnaire:
    """Read a questionnaire; CommandError lists the errors that `check` finds, if any."""
    questionnaire = questionnaire_from(path)
    errors = [fault for fault in check(questionnaire) if fault.level == "error"]
    if errors:
        raise CommandError("\n".join(f"{path}: {fault}" for fault in errors))
    return questionnaire


@contextmanager
def whole_files(folder: str, names: Sequence[str], *, force: bool) -> Iterator[Sequence[IO[bytes]]]:
    """Open new files that only their owner can read; CommandError says what is wrong.

    They appear in the folder once all of them are written; if that fails, nothing changes. Without
    `force`, an existing file is an error.
    """
    paths = [Path(folder, name) for name in names]
    drafts = [path.with_name(f".{path.name}.{secrets.token_hex(8)}") for path in paths]
    try:
        Path(folder).mkdir(parents=True, exist_ok=True)
        _refuse_to_replace([] if force else paths)
        with ExitStack() as stack:
            files = []
            for draft in drafts:
                files.append(stack.enter_context(open(draft, "xb", opener=_private)))
                stack.callback(draft.unlink, missing_ok=True)
            yield files
            for file in files:
                file.flush()
                os.fsync(file.fileno())
            _refuse_to_replace([] if force else paths)
            for draft, path in zip(drafts, paths, strict=True):
                draft.replace(path)
    except OSError as error:
        raise CommandError(f"{error.filename or folder}: {error.strerror}") from None


def _private(path: str, flags: int) -> int:
    return os.open(path, flags, mode=0o600)


def _refuse_to_replace(paths: Sequence[Path]) -> None:
    for path in paths:
        if path.exists():
            raise CommandError(f"{path} exists already. Use --force to replace it.")
