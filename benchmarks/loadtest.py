#!/usr/bin/env python3
"""Run N complete quiz visits at concurrency C against a server on this machine, and print their cost.

  python3 benchmarks/loadtest.py http://127.0.0.1:8000/ -n 200 -c 1 16 --pid SERVER_PID --db var/quiz.sqlite3

Every visit is a new visitor with no cookies and a new connection. Percentiles are of single requests, from before
connecting until the last byte. The server's CPU time is that of --pid and its descendants.
"""

import argparse
import asyncio
import collections
import json
import math
import os
import random
import statistics
import sys
import time

import measure
from browser import LOOPBACK, Browser, VisitError
from visit import take


def percentile(values, p):
    """Nearest-rank percentile of a sorted list."""
    return values[math.ceil(p / 100 * len(values)) - 1] if values else None


async def visits(url, n, concurrency, seed, expect, headers, timeout):
    """Make n visits, `concurrency` at a time, and return the raw observations."""
    requests, errors, outcomes, spans = [], collections.Counter(), [], []
    todo = iter(range(n))

    async def visitor():
        for i in todo:
            b = Browser(lambda *r: requests.append(r), headers, timeout)
            start = time.perf_counter()
            try:
                outcomes.append(await take(b, url, random.Random(f"{seed}/{i}"), expect))
                spans.append(time.perf_counter() - start)
            except (
                TimeoutError,
                VisitError,
                OSError,
                asyncio.IncompleteReadError,
                ValueError,
            ) as e:
                errors[f"{type(e).__name__}: {e}"[:160]] += 1
            finally:
                await b.close()

    start = time.perf_counter()
    await asyncio.gather(*(visitor() for _ in range(concurrency)))
    return requests, errors, outcomes, spans, time.perf_counter() - start


def one_run(a, concurrency, seed):
    """Do one measured run, and return a flat dict of measurements."""
    headers = [tuple(h.split(": ", 1)) for h in a.header]

    def go(n, seed):
        return asyncio.run(visits(a.url, n, concurrency, seed, a.expect, headers, a.timeout))

    if a.warmup:
        go(a.warmup, f"warm{seed}")
    size0 = measure.db_bytes(a.db) if a.db else 0
    rows0 = measure.db_count(a.db, a.count) if a.db and a.count else 0
    before, own, machine = (
        measure.usage(a.pid) if a.pid else None,
        time.process_time(),
        measure.machine_cpu(),
    )
    requests, errors, outcomes, spans, wall = go(a.n, seed)
    own, machine = time.process_time() - own, measure.machine_cpu() - machine
    after = measure.usage(a.pid) if a.pid else None
    n = len(outcomes) or 1
    times = sorted(r[1] * 1000 for r in requests)
    r = {
        "concurrency": concurrency,
        "visits": a.n,
        "completed": len(outcomes),
        "errors": sum(errors.values()),
        "error_kinds": dict(errors.most_common(5)),
        "completions_per_s": len(outcomes) / wall,
        "wall_s": wall,
        "p50_ms": percentile(times, 50),
        "p95_ms": percentile(times, 95),
        "p99_ms": percentile(times, 99),
        "visit_p50_ms": percentile(sorted(s * 1000 for s in spans), 50),
        "requests_per_completion": len(requests) / n,
        "kb_per_completion": sum(r[2] for r in requests) / n / 1000,
        "pages": statistics.mode([o.pages for o in outcomes]) if outcomes else 0,
        "answers": statistics.mode([o.answers for o in outcomes]) if outcomes else 0,
        "driver_cpu_ms_per_completion": own / n * 1000,
        "load1": os.getloadavg()[0],
    }
    for m in ("GET", "POST"):
        r[f"p50_{m.lower()}_ms"] = percentile(
            sorted(q[1] * 1000 for q in requests if q[0] == m), 50
        )
    if a.pid:
        r["server_cpu_ms_per_completion"] = (after["cpu"] - before["cpu"]) / n * 1000
        r["cores_busy_with_others"] = (machine - own - after["cpu"] + before["cpu"]) / wall
        r["server_pss_mb"] = after["pss_mb"]
        r["disk_write_kb_per_completion"] = (after["written"] - before["written"]) / n / 1000
    if a.db:
        r["db_bytes_per_completion"] = (measure.db_bytes(a.db) - size0) / n
        if a.count:
            r["db_rows_per_completion"] = (measure.db_count(a.db, a.count) - rows0) / n
    if outcomes:
        r["final_url"], r["final_title"] = outcomes[-1].url, outcomes[-1].title
    return r


def spread(runs):
    """Summarize runs as {name: 'median (min-max)'}."""
    out = {}
    for k, v in runs[0].items():
        vals = [r.get(k) for r in runs]
        if isinstance(v, float) and all(isinstance(x, (int, float)) for x in vals):
            out[k] = (
                f"{statistics.median(vals):.3g} ({min(vals):.3g}-{max(vals):.3g})"
                if len(vals) > 1
                else f"{v:.4g}"
            )
        else:
            out[k] = v if all(x == v for x in vals) else vals
    return out


def parser():
    p = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    p.add_argument("url", help="where a visitor starts; must be on this machine")
    p.add_argument("-n", type=int, default=200, help="visits per run")
    p.add_argument("-c", type=int, nargs="+", default=[1, 16], help="concurrency, one or more")
    p.add_argument("--runs", type=int, default=3)
    p.add_argument("--warmup", type=int, default=16, help="unmeasured visits before each run")
    p.add_argument("--seed", default="1")
    p.add_argument("--pid", type=int, help="server's top process, for CPU and memory")
    p.add_argument("--db", help="its SQLite file, for bytes per completion")
    p.add_argument("--count", help="SQL giving the number of stored answers or rows")
    p.add_argument("--expect", help="regex the last page must match ")
    p.add_argument(
        "--header",
        action="append",
        default=[],
        help="extra request header 'Name: value', e.g. 'X-Forwarded-Proto: https'",
    )
    p.add_argument("--timeout", type=float, default=60)
    p.add_argument("--json", help="append one JSON line per run to this file")
    return p


def main():
    a = parser().parse_args()
    if not LOOPBACK.match(a.url.split("/")[2].rsplit(":", 1)[0].strip("[]")):
        sys.exit("only loopback addresses are allowed")
    failed = 0
    for c in a.c:
        runs = []
        for k in range(a.runs):
            runs.append(one_run(a, c, f"{a.seed}.{c}.{k}"))
            failed += runs[-1]["errors"]
            if a.json:
                with open(a.json, "a") as f:
                    f.write(json.dumps(runs[-1]) + "\n")
        print(f"--- concurrency {c}, {a.runs} run(s) of {a.n} visits: median (min-max)")
        for k, v in spread(runs).items():
            print(f"{k:32} {v}")
    sys.exit(1 if failed else 0)


if __name__ == "__main__":
    main()
