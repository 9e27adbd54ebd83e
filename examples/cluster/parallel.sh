#!/usr/bin/env bash
# Computes the parts of a study with GNU parallel, and merges them:
#
#   parallel.sh SETTINGS [options of parallel, such as --sshloginfile machines]
#
# After a failure, call it again: parts that are there are not computed twice.
set -euo pipefail
settings=${1:?a file of settings, such as study.sh}
# Without a slash it would be looked for where programs are.
[[ $settings == */* ]] || settings=./$settings
# shellcheck source-path=SCRIPTDIR source=study.sh
source "$settings"
: "${study:?}" "${parts:?}" "${folder:?}" "${results:?}" "${cmksim:?}"
shift

mkdir -p "$folder"
# A wrong scenario ends the script here; below it would be tried three times.
"$cmksim" merge "${study[@]}" --parts "$folder" --missing "$parts" >/dev/null

# --quote, for a path may have spaces; --workdir, for another machine starts in the home folder.
seq 0 "$((parts - 1))" |
  parallel --quote --workdir . --retries 3 --halt soon,fail=1 "$@" \
    "$cmksim" shard "${study[@]}" --threads 1 --part "{}/$parts" -o "$folder"

exec "$cmksim" merge "${study[@]}" --parts "$folder" -o "$results"
