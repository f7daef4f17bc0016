"""What fails in a cluster, one thing after the other, while people take the quiz."""

import os
import random
import signal
import subprocess
import time
from collections.abc import Callable

from deploy.cluster.cluster import Cluster
from deploy.cluster.servers import wait_until

SECONDS_OF_A_SLOW_NETWORK = 0.05


def kill_a_web_worker(cluster: Cluster) -> str:
    site = random.choice(cluster.web)
    worker = random.choice(site.workers())
    os.kill(worker, signal.SIGKILL)
    return f"worker {worker} of {site.name}; its supervisor starts another one"


def kill_a_web_server(cluster: Cluster) -> str:
    site = cluster.web[0]
    site.kill()
    time.sleep(1)
    site.start()
    return f"{site.name} with all its workers; started again after a second"


def kill_a_task_worker(cluster: Cluster) -> str:
    site = cluster.tasks[0]
    site.kill()
    site.start()
    return f"{site.name}; started again"


def kill_redis(cluster: Cluster) -> str:
    cluster.redis.kill()
    time.sleep(2)
    cluster.redis.start()
    return "redis; started again after two seconds"


def kill_the_pooler(cluster: Cluster) -> str:
    cluster.pooler.kill()
    time.sleep(1)
    cluster.pooler.start()
    return "pgbouncer; started again after a second"


def kill_the_standby(cluster: Cluster) -> str:
    cluster.standby.kill()
    time.sleep(2)
    cluster.standby.start()
    wait_until(cluster.primary.has_standby, "The standby")
    return f"{cluster.standby.name}; commits wait for it for two seconds"


def slow_down_the_network(cluster: Cluster) -> str:
    before = cluster.to_primary.seconds
    for link in (cluster.to_primary, cluster.to_copy_from):
        link.seconds = SECONDS_OF_A_SLOW_NETWORK
    time.sleep(3)
    for link in (cluster.to_primary, cluster.to_copy_from):
        link.seconds = before
    return f"{2000 * SECONDS_OF_A_SLOW_NETWORK:.0f} ms there and back to both databases, for 3 s"


def lose_the_primary(cluster: Cluster) -> str:
    """Cut the standby off for a moment, then lose the primary: what only it had is gone."""
    lost = cluster.primary
    cluster.to_copy_from.cut()
    time.sleep(1)
    lost.kill()
    started = time.monotonic()
    cluster.fail_over()
    return f"{lost.name}; {cluster.primary.name} promoted in {time.monotonic() - started:.1f} s"


def fill_the_disk(cluster: Cluster) -> str:
    """Leave the primary no room, then give it back; what has ended by then is started again."""
    filler = cluster.primary.home / "filler"
    # It ends when there is no more room.
    subprocess.run(["dd", "if=/dev/zero", f"of={filler}", "bs=1M"], capture_output=True)
    cluster.primary.use_up_its_log()
    time.sleep(2)
    size = filler.stat().st_size // 1_000_000
    filler.unlink()
    if not cluster.primary.is_running():
        cluster.primary.start()
    cluster.primary.wait_until_it_answers()
    return f"of {cluster.primary.name}, by {size} MB, until it failed and for 2 s more"


FAULTS: dict[str, Callable[[Cluster], str]] = {
    "a web worker is killed": kill_a_web_worker,
    "a web server is killed": kill_a_web_server,
    "a task worker is killed": kill_a_task_worker,
    "Redis is killed": kill_redis,
    "pgbouncer is killed": kill_the_pooler,
    "the standby is killed": kill_the_standby,
    "the network is slow": slow_down_the_network,
    "the disk is full": fill_the_disk,
    "the primary is lost": lose_the_primary,
}
# In a cluster with a mistake, this one is enough to lose answers.
TELLING = "the primary is lost"
