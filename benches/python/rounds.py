"""Runs programs in turn, a cold process each, and prints what each took: the table of docs/BENCHMARKS.md.

    python rounds.py FILE NOW [ROUNDS]

Memory is the most that was resident (the file's own size beside it); all programs must print the same digests.
"""

import os
import subprocess
import sys
import time
from pathlib import Path

HERE = Path(__file__).parent
PROGRAMS = [
    ("gatepass", ["package.py", "reports"]),
    ("json, dicts", ["reports.py", "json"]),
    ("orjson, gc off", ["reports.py", "orjson"]),
    ("orjson, polars", ["reports.py", "polars"]),
]


def run(script, path, now):
    command = [sys.executable, str(HERE / script[0]), script[1], path, now]
    began = time.perf_counter()
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        said = process.stdout.read()
        _, status, used = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        sys.exit(f"`{' '.join(script)}` failed")
    return time.perf_counter() - began, used.ru_utime + used.ru_stime, used.ru_maxrss * 1024, said


def main():
    path, now, *rest = sys.argv[1:]
    size = os.path.getsize(path)
    taken = {name: [] for name, _ in PROGRAMS}
    for _ in range(int(rest[0]) if rest else 7):
        for name, script in PROGRAMS:
            taken[name].append(run(script, path, now))
    said = {result[3] for results in taken.values() for result in results}
    if len(said) != 1:
        sys.exit(f"the programs do not agree: {said}")
    print(next(iter(said)))
    print("| program | elapsed, median (least–most) | CPU, median (least) | against json | peak memory |")
    print("|---|---|---|---|---|")
    of = {name: sorted(result[1] for result in results) for name, results in taken.items()}
    base = of["json, dicts"][len(of["json, dicts"]) // 2]
    for name, results in taken.items():
        elapsed, used = sorted(result[0] for result in results), of[name]
        middle = len(used) // 2
        peak = max(result[2] for result in results)
        print(f"| {name} | {elapsed[middle]:.2f} s ({elapsed[0]:.2f}–{elapsed[-1]:.2f}) | {used[middle]:.2f} s ({used[0]:.2f}) "
              f"| {base / used[middle]:.1f} × | {peak / 1e6:.0f} MB ({peak / size:.1f} ×) |")


if __name__ == "__main__":
    main()
