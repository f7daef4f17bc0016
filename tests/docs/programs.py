"""Programs that the documentation may name: those that its tests run, and those that they can't.

A program is named by its first words, such as `kubectl kustomize`. The longest name wins.
"""

from dataclasses import dataclass, field

# They run in a sandbox (tests/docs/sandbox.py), if this machine has them; make only prints what it
# would do.
RUN = {
    *("career-quiz", "python", "python3", "make"),
    *("cat", "chmod", "cp", "curl", "echo", "install", "mkdir", "openssl", "sed", "sha256sum"),
    *("tail", "tee"),
    *("kubectl kustomize", "promtool check", "promtool test"),
}


@dataclass(frozen=True)
class Elsewhere:
    """A program that no test can run: why, and which options and subcommands are known.

    An option that takes the next word as its value ends with `=`. `inner` is the number of words
    before a command that runs somewhere else, such as in a container, and that is looked at too.
    """

    why: str
    options: str = ""
    subcommands: str = ""
    inner: int = 0
    takes: frozenset[str] = field(init=False)
    flags: frozenset[str] = field(init=False)

    def __post_init__(self) -> None:
        words = self.options.split()
        object.__setattr__(self, "takes", frozenset(w[:-1] for w in words if w.endswith("=")))
        object.__setattr__(self, "flags", frozenset(w for w in words if not w.endswith("=")))


SYSTEM = "it changes this machine"
PACKAGES = "it downloads packages; `make try-deploy ARGS=wheel` installs the same ones"
IMAGES = "it needs a container engine; `make try-deploy ARGS=container` builds and serves the image"
CLUSTER = "it needs a cluster; `make try-deploy ARGS=kubernetes` checks the manifests"
RELEASE = "it needs an office's release; tests/roles/ has pieces of them"
POSTGRESQL = "it needs a PostgreSQL server of the system; deploy/try_cluster does the same"

ELSEWHERE = {
    "apt-get": Elsewhere(SYSTEM, "--no-install-recommends", "install"),
    "chown": Elsewhere("the user career-quiz isn't on this machine"),
    "useradd": Elsewhere(SYSTEM, "--system --user-group --home-dir= --shell="),
    "systemctl": Elsewhere(
        "it needs systemd as the first process; `make try-deploy ARGS=systemd` checks the units",
        "--now",
        "daemon-reload enable reload restart stop start",
    ),
    "systemd-run": Elsewhere(
        "it needs systemd as the first process", "--pipe --wait --uid= --property="
    ),
    "journalctl": Elsewhere("it needs systemd as the first process", "--unit= --lines="),
    "certbot": Elsewhere(
        "it needs a public name", "--webroot --webroot-path= --domain=", "certonly"
    ),
    "nginx": Elsewhere("`make try-deploy ARGS=nginx` runs nginx with these files", "-t"),
    "pip": Elsewhere(
        PACKAGES, "--no-deps --wheel-dir= --require-hashes --requirement=", "install wheel"
    ),
    "pipx": Elsewhere(PACKAGES, "", "install inject"),
    "uv": Elsewhere(
        PACKAGES,
        "--universal --generate-hashes --no-header --no-annotate --group= -c= -o=",
        "tool pip",
    ),
    "python -m pytest": Elsewhere("it is a run of the tests itself", "-m="),
    "docker build": Elsewhere(IMAGES, "--file= --tag="),
    "docker push": Elsewhere(IMAGES),
    "docker run": Elsewhere(IMAGES, "--rm --read-only --tmpfs= --volume= --network= --env="),
    "docker compose": Elsewhere(IMAGES, "--file= --build --detach", "build up ps"),
    "docker compose exec": Elsewhere(IMAGES, "--file= -T", "exec", inner=2),
    "kubectl": Elsewhere(
        CLUSTER,
        "--namespace= --server-side --filename= --kustomize= --for= --timeout= --all "
        "--ignore-not-found",
        "apply wait rollout logs delete",
    ),
    "kubectl exec": Elsewhere(CLUSTER, "--namespace= --stdin --tty", "exec", inner=2),
    "createuser": Elsewhere(POSTGRESQL, "--pwprompt"),
    "createdb": Elsewhere(POSTGRESQL, "--owner="),
    "pg_basebackup": Elsewhere(
        POSTGRESQL,
        "--pgdata= --host= --username= --checkpoint= --wal-method= --write-recovery-conf",
    ),
    "pg_dump": Elsewhere(POSTGRESQL, "--username= --format="),
    "psql": Elsewhere(POSTGRESQL, "--command="),
    "touch": Elsewhere("it is for a container"),
    "try_cluster": Elsewhere("it takes minutes, and root", "--visits= --asynchronous"),
    "career-quiz import_onet": Elsewhere(RELEASE),
    "career-quiz import_bls": Elsewhere(RELEASE),
    "career-quiz changepassword": Elsewhere("it asks for a password"),
}
# Variables of commands that aren't settings of the site.
OTHER_VARIABLES = {"ARGS", "LONG", "PYTHON", "SITE", "POSTGRES_PASSWORD"}
