#!/usr/bin/env bash
# Sends the parts of a study as an array, and a merge that waits for all of them:
#
#   submit.sh SETTINGS [INDEXES]
#
# INDEXES are the parts to send, such as 3,17,40-42 [default: all].
set -euo pipefail
here=$(dirname "$0")
settings=${1:?a file of settings, such as study.sh}
# Without a slash it would be looked for where programs are.
[[ $settings == */* ]] || settings=./$settings
# shellcheck source-path=SCRIPTDIR source=../study.sh
source "$settings"
: "${study:?}" "${parts:?}" "${folder:?}" "${results:?}" "${cmksim:?}"
indexes=${2:-0-$((parts - 1))}

# What still waits or runs would be sent twice, and both merges would write the results.
if squeue --me --noheader --name="${folder##*/}" --states=PENDING,RUNNING | grep .; then
  echo "jobs of this name are still queued: wait for them, or scancel them first" >&2
  exit 1
fi

mkdir -p "$folder"
# That of an earlier sending would look like the answer of this one.
rm -f "$folder/merge.log"
# A wrong scenario ends the script here; below it would fail in every task.
"$cmksim" merge "${study[@]}" --parts "$folder" --missing "$parts" >/dev/null

# Everything is handed over as words: settings may be changed while the tasks wait.
array=$(sbatch --parsable --job-name="$(basename "$folder")" --array="$indexes" --output="$folder/part-%a.log" \
  "$here/part.sbatch" "$cmksim" "$parts" "$folder" "${study[@]}")
# With several clusters, sbatch adds the name of this one after a semicolon.
array=${array%%;*}
# A merge whose parts have failed would wait for ever.
merge=$(sbatch --parsable --job-name="$(basename "$folder")" --output="$folder/merge.log" \
  --dependency="afterok:$array" --kill-on-invalid-dep=yes \
  "$here/merge.sbatch" "$cmksim" "$folder" "$results" "${study[@]}")
echo "parts $indexes are job $array, the merge is job ${merge%%;*}"
