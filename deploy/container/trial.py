"""Build the container and run what is in it: not as root, on a file system that can't be written.

A registry of images isn't needed: the base is made of Debian's packages, as its official image is.
"""

import json
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from deploy.trials import (
    ROOT,
    TrialError,
    free_port,
    program,
    run,
    running,
    take_visits,
    wait_until_ready,
)

HERE = Path(__file__).parent
BASE = "docker.io/library/debian:bookworm-slim"
# Mounts as `podman run --read-only --tmpfs /tmp --volume quiz:/data` does, then runs as its user.
RUN = """
set -eu
root=$1 data=$2
shift 2
mount --bind "$root" "$root"
mount --bind "$data" "$root/data"
mount -t tmpfs none "$root/tmp"
mount -t proc none "$root/proc"
mount --bind /dev "$root/dev"
mount -o remount,bind,ro "$root"
exec chroot "$root" setpriv --reuid 10001 --regid 10001 --clear-groups --no-new-privs \
    --bounding-set=-all --inh-caps=-all "$@"
"""


def attempt() -> str:
    """Return what was tried, in a few words."""
    check_compose()
    with tempfile.TemporaryDirectory(prefix="quiz-container-") as name, built(Path(name)) as image:
        root, size = image
        serve_read_only(root, Path(name))
        return f"built ({size} MB), served as user 10001 on a read-only root; compose.yaml is valid"


def check_compose() -> None:
    """Check compose.yaml by docker-compose, and the Caddyfile by Caddy."""
    environment = os.environ | {"SITE": "quiz.example.org", "POSTGRES_PASSWORD": "example"}
    run(
        *(program("docker-compose", "docker-compose"), "--file", HERE / "compose.yaml"),
        *("config", "--quiet"),
        env=environment,
    )
    run(
        *(program("caddy", "caddy"), "validate", "--adapter", "caddyfile"),
        *("--config", HERE / "Caddyfile"),
        env=environment,
    )


@contextmanager
def built(folder: Path) -> Iterator[tuple[Path, int]]:
    """Build the image; yield the folder of its files, and their size in MB."""
    store = folder / "store"
    buildah = [program("buildah", "buildah"), "--storage-driver", "vfs"]
    buildah += ["--root", str(store / "root"), "--runroot", str(store / "run")]
    base = folder / "base.tar"
    run(
        *(program("mmdebstrap", "mmdebstrap"), "--quiet", "--variant=minbase"),
        *("--include=ca-certificates", "bookworm", base),
    )
    scratch = run(*buildah, "from", "scratch").strip()
    run(*buildah, "add", scratch, base, "/")
    run(*buildah, "commit", "--quiet", scratch, BASE)
    # Packages come from this machine's own index, so that the build needs none of its settings.
    # Debian's Python picks them, as in the image: another version needs other packages.
    wheels, python = folder / "wheels", folder / "python"
    run("/usr/bin/python3", "-m", "venv", python)
    for locked in ("requirements.txt", "requirements-build.txt"):
        pip = (python / "bin/python", "-m", "pip", "download", "--quiet", "--dest", wheels)
        run(*pip, "--require-hashes", "-r", ROOT / locked)
    (folder / "pip.conf").write_text("[global]\nno-index = true\nfind-links = /wheels\n")
    run(
        *(*buildah, "bud", "--format", "docker", "--isolation", "chroot", "--pull-never"),
        *("--volume", f"{wheels}:/wheels:ro", "--volume", f"{folder}/pip.conf:/etc/pip.conf:ro"),
        *("--file", HERE / "Containerfile", "--tag", "career-quiz", ROOT),
    )
    settings = json.loads(run(*buildah, "inspect", "--type", "image", "career-quiz"))
    if settings["Docker"]["config"]["User"] != "10001:10001":
        raise TrialError("The image runs as root.")
    container = run(*buildah, "from", "--pull-never", "career-quiz").strip()
    root = Path(run(*buildah, "mount", container).strip())
    try:
        yield root, int(run("du", "-sm", root).split()[0])
    finally:
        run(*buildah, "umount", container)
        shutil.rmtree(store)


def serve_read_only(root: Path, folder: Path) -> None:
    """Serve from the image's files as a container would, and take the quiz."""
    data = folder / "data"
    data.mkdir(mode=0o700)
    os.chown(data, 10001, 10001)
    port = free_port()
    environment = {"PATH": "/opt/career-quiz/bin:/usr/sbin:/usr/bin:/sbin:/bin", "HOME": "/data"}
    environment |= {"DATA_DIR": "/data", "PLAIN_HTTP": "1", "PORT": str(port)}
    log = folder / "serve.log"
    command = ["unshare", "--mount", "--pid", "--fork", "--kill-child", "sh", "-c", RUN, "sh"]
    with running([*command, root, data, "career-quiz", "serve"], log, env=environment) as process:
        address = f"http://127.0.0.1:{port}"
        wait_until_ready(address, process, log)
        take_visits(address)
