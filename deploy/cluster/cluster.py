"""A whole cluster: two PostgreSQL servers, pgbouncer, Redis, four web workers, two task workers."""

import secrets
import shutil
import tempfile
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from deploy.cluster.link import Link
from deploy.cluster.servers import Pooler, Postgres, Process, Redis, Site, wait_until
from deploy.nginx.trial import nginx
from deploy.trials import run

# Port 443 of an address that only this cluster uses; see deploy/nginx/trial.py.
ADDRESS = "127.83.76.3"
SYNCHRONOUS = "ANY 1 (*)"


class Cluster:
    """What runs, by name. `primary` and `standby` change places."""

    def __init__(self, folder: Path, *, is_synchronous: bool, seconds: float) -> None:
        """`seconds` is what the network between the servers takes, in each direction."""
        self.folder = folder
        self.address = f"https://{ADDRESS}"
        standbys = SYNCHRONOUS if is_synchronous else ""
        self.primary = Postgres("postgresql-a", folder, standbys)
        self.standby = Postgres("postgresql-b", folder, standbys)
        self.to_primary = Link(self.primary.port, seconds)  # of the pooler
        self.to_copy_from = Link(self.primary.port, seconds)  # of the standby
        self.pooler = Pooler(folder)
        self.redis = Redis(folder)
        self.web: list[Site] = []
        self.tasks: list[Site] = []

    def settings(self) -> dict[str, str]:
        (self.folder / "deletions").mkdir(exist_ok=True)
        return {
            "ALLOWED_HOSTS": f"{ADDRESS},127.0.0.1",
            "SITE_URL": self.address,
            "BEHIND_TLS_PROXY": "1",
            "TRUSTED_PROXIES": "1",
            "DATABASE_URL": self.pooler.url,
            "PGBOUNCER": "1",
            "CACHE_URL": f"rediscache://127.0.0.1:{self.redis.port}/0",
            "SECRET_KEY": secrets.token_urlsafe(50),
            "DELETIONS_DIR": str(self.folder / "deletions"),
            "TASK_WORKER": "0",
            # Every visitor here comes from one network.
            "STARTS_PER_NETWORK": "1000000",
            "ENV_FILE": "/dev/null",
        }

    @contextmanager
    def running(self) -> Iterator["Cluster"]:
        with ExitStack() as stack:
            for link in (self.to_primary, self.to_copy_from):
                stack.enter_context(link.running())
            stack.enter_context(small_disk(self.primary.home))
            stack.callback(lambda: stop(self.primary, self.standby, self.pooler, self.redis))
            self.primary.create()
            self.standby.follow(self.primary, self.to_copy_from.port)
            self.primary.wait_for_standbys()
            self.pooler.lead_to(self.to_primary.port)
            self.pooler.start()
            self.redis.start()
            settings = self.settings()
            self.web = [Site(f"web-{n}", self.folder, "serve", settings) for n in (1, 2)]
            self.tasks = [Site(f"tasks-{n}", self.folder, "work", settings) for n in (1, 2)]
            stack.callback(lambda: stop(*self.web, *self.tasks))
            for site in self.web:
                site.start()
            for site in self.web:
                wait_until(lambda site=site: is_ready(site), f"Start of {site.name}")
            for site in self.tasks:
                site.start()
            upstreams = [f"127.0.0.1:{site.port}" for site in self.web]
            stack.enter_context(nginx(*upstreams, tls=f"{ADDRESS}:443"))
            yield self

    def fail_over(self) -> None:
        """What a watchdog does when the primary is gone: promote, lead there, copy to the other.

        The old primary must be dead before: here it is killed, elsewhere it has to be fenced.
        """
        lost, self.primary = self.primary, self.standby
        self.primary.promote()
        self.to_primary.lead_to(self.primary.port)
        self.to_copy_from.lead_to(self.primary.port)
        self.to_copy_from.restore()
        self.standby = lost
        # Commits wait until this standby is there.
        self.standby.follow(self.primary, self.to_copy_from.port)
        wait_until(self.primary.has_standby, "The new standby")

    def report(self) -> str:
        """List what runs, with the process number of each."""
        each: list[Process] = [self.primary, self.standby, self.pooler, self.redis]
        each += [*self.web, *self.tasks]
        lines = [f"  {one.name:<14} process {one.pid}, port {one.port}" for one in each]
        return "\n".join([*lines, f"  nginx          {self.address}"])


def stop(*processes: Process) -> None:
    for process in processes:
        process.kill() if isinstance(process, Postgres) else process.stop()


def is_ready(site: Site) -> bool:
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{site.port}/readyz", timeout=5):
            return True
    except (urllib.error.URLError, OSError):
        if not site.is_running():
            raise RuntimeError(f"{site.name} ended:\n{site.log()[-3000:]}") from None
        return False


@contextmanager
def cluster(*, is_synchronous: bool = True, seconds: float = 0.002) -> Iterator[Cluster]:
    """Bring up a cluster on loopback until the block ends."""
    folder = Path(tempfile.mkdtemp(prefix="quiz-cluster-"))
    folder.chmod(0o755)
    try:
        with Cluster(folder, is_synchronous=is_synchronous, seconds=seconds).running() as running:
            yield running
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def small_disk(folder: Path, megabytes: int = 700) -> Iterator[None]:
    """Give a folder a disk of its own, in memory."""
    folder.mkdir(exist_ok=True)
    run("mount", "-t", "tmpfs", "-o", f"size={megabytes}m,mode=755", "quiz", folder)
    shutil.chown(folder, "nobody")
    try:
        yield
    finally:
        run("umount", "--lazy", folder)
