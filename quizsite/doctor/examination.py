"""All checks, in the order in which they are printed. To add one, add a line to CHECKS."""

from collections.abc import Callable, Sequence
from typing import NamedTuple

from quizsite.doctor import machine, outside, stores, work
from quizsite.doctor.findings import Finding, Level, Result, error, reason, skipped


class Check(NamedTuple):
    name: str
    run: Callable[[], Finding]
    after: str = ""  # the check without whose success this one would say nothing new


CHECKS = (
    Check("database", stores.database),
    Check("migrations", stores.migrations, after="database"),
    Check("cache", stores.cache, after="migrations"),
    Check("SQLite", stores.sqlite),
    Check("disk", machine.disk),
    Check("data folder", machine.data_folder),
    Check("secret key", machine.secret_key),
    Check(".env file", machine.settings_file),
    Check("backup", machine.backup),
    Check("web workers", work.web_workers),
    Check("task worker", work.task_worker, after="migrations"),
    Check("mail", work.mail),
    Check("terms", work.terms, after="migrations"),
    Check("figures", work.figures, after="migrations"),
    Check("clock", work.clock),
    Check("site", outside.site),
    Check("certificate", outside.certificate, after="site"),
    Check("headers", outside.headers, after="site"),
    Check("http://", outside.redirect, after="site"),
    Check("proxy", outside.proxy, after="site"),
)


def examine(checks: Sequence[Check] = CHECKS) -> list[Result]:
    """Run checks in their order. None raises: what fails in an unforeseen way is an error too."""
    outside.look.cache_clear()
    found: dict[str, Finding] = {}
    for check in checks:
        before = found.get(check.after)
        if before and before.level in (Level.ERROR, Level.SKIPPED):
            found[check.name] = skipped(f"Not looked at: see “{check.after}”.")
        else:
            found[check.name] = _run(check)
    return [Result(name, finding) for name, finding in found.items()]


def _run(check: Check) -> Finding:
    try:
        return check.run()
    except Exception as failure:
        words = f"{type(failure).__name__}: {reason(failure)}"
        return error(f"The check itself failed: {words}.", "Report this as a fault of the site.")
