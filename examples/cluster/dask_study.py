"""Computes the parts of a study on the workers of a Dask cluster, and merges them.

    python dask_study.py scenario.toml --replications 1000000 --parts 64
    python dask_study.py scenario.toml --scheduler tcp://10.0.0.1:8786

Without --scheduler it starts a worker for each core of this machine. The scenario and the folder
of the parts must be on a file system that all workers see, and all need the package `cmksim` in
the same version. After a failure, call it again: parts that are there are not computed twice.
"""

import argparse
import os
import subprocess
import sys

import cmksim
from distributed import Client, LocalCluster, as_completed


def compute(scenario, number, parts, folder, options):
    cmksim.load(scenario).shard(part=f"{number}/{parts}", folder=folder, **options)
    return number


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("scenario")
    parser.add_argument("--replications", type=int, default=1_000_000)
    parser.add_argument("--parts", type=int, default=64)
    parser.add_argument("--folder", default="output/dask-parts")
    parser.add_argument("--results", default="output/dask")
    parser.add_argument("--scheduler", help="address of a Dask scheduler")
    # What only tells which results are written, such as --report, is for the merge.
    given, more = parser.parse_known_args()
    # A wrong scenario shows here, and not in every worker.
    cmksim.load(given.scenario)

    scenario, folder = os.path.abspath(given.scenario), os.path.abspath(given.folder)
    options = {"replications": given.replications}
    cluster = given.scheduler or LocalCluster(
        host="127.0.0.1", threads_per_worker=1, dashboard_address=None
    )
    with Client(cluster) as client:
        # `retries` is for a part that fails. When a worker dies, the scheduler gives its part to
        # another one by itself. `pure=False`: a part is computed for its file, not for its value.
        computed = [
            client.submit(
                compute, scenario, number, given.parts, folder, options, retries=3, pure=False
            )
            for number in range(given.parts)
        ]
        for count, part in enumerate(as_completed(computed), start=1):
            part.result()
            print(f"{count} of {given.parts} parts", file=sys.stderr)
    if not given.scheduler:
        cluster.close()

    words = ["run", given.scenario, "--replications", str(given.replications)]
    merge = ["cmksim", "merge", *words, *more, "--parts", folder, "-o", given.results]
    return subprocess.run(merge, check=False).returncode


if __name__ == "__main__":
    sys.exit(main())
