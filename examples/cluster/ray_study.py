"""Computes the parts of a study on a Ray cluster, and merges them.

    python ray_study.py scenario.toml --replications 1000000 --parts 64
    python ray_study.py scenario.toml --address auto

Without --address it starts Ray on this machine. The scenario and the folder of the parts must be
on a file system that all nodes see, and all need the package `cmksim` in the same version. After
a failure, call it again: parts that are there are not computed twice.
"""

import argparse
import os
import subprocess
import sys

import cmksim
import ray


# Ray repeats a task whose process died; one that raised only where it is told so. OSError: the
# disk was full or out of reach. Anything else is wrong again the next time.
@ray.remote(num_cpus=1, max_retries=3, retry_exceptions=[OSError])
def compute(scenario, number, parts, folder, options):
    cmksim.load(scenario).shard(part=f"{number}/{parts}", folder=folder, **options)
    return number


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("scenario")
    parser.add_argument("--replications", type=int, default=1_000_000)
    parser.add_argument("--parts", type=int, default=64)
    parser.add_argument("--folder", default="output/ray-parts")
    parser.add_argument("--results", default="output/ray")
    parser.add_argument("--address", help="address of a Ray cluster, such as auto")
    # What only tells which results are written, such as --report, is for the merge.
    given, more = parser.parse_known_args()
    # A wrong scenario shows here, and not in every task.
    cmksim.load(given.scenario)

    scenario, folder = os.path.abspath(given.scenario), os.path.abspath(given.folder)
    options = {"replications": given.replications}
    # The answer alone goes to standard output, so nothing that workers say.
    ray.init(address=given.address, log_to_driver=False)
    waiting = [
        compute.remote(scenario, number, given.parts, folder, options)
        for number in range(given.parts)
    ]
    while waiting:
        done, waiting = ray.wait(waiting)
        ray.get(done)
        print(f"{given.parts - len(waiting)} of {given.parts} parts", file=sys.stderr)
    ray.shutdown()

    words = ["run", given.scenario, "--replications", str(given.replications)]
    merge = ["cmksim", "merge", *words, *more, "--parts", folder, "-o", given.results]
    return subprocess.run(merge, check=False).returncode


if __name__ == "__main__":
    sys.exit(main())
