# shellcheck shell=bash disable=SC2034
# One study, for parallel.sh and for the scripts of slurm/. Make a copy for each study of yours.

# The command with all its options: `shard` and `merge` must get the same, so they stand here once.
study=(run scenarios/study-a-year-of-hazards.toml --replications 1024000)
# Some minutes of one core each, and several for each core that you can have.
parts=64
# Both are on a file system that all machines see.
folder=output/year-parts
results=output/year
# The same version on every machine.
cmksim=cmksim
