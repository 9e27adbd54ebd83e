#!/usr/bin/env bash
# Sends the parts that are missing or damaged once more, and the merge:
#
#   resend.sh SETTINGS
set -euo pipefail
here=$(dirname "$0")
settings=${1:?a file of settings, such as study.sh}
# Without a slash it would be looked for where programs are.
[[ $settings == */* ]] || settings=./$settings
# shellcheck source-path=SCRIPTDIR source=../study.sh
source "$settings"
: "${study:?}" "${parts:?}" "${folder:?}" "${results:?}" "${cmksim:?}"

# What still waits or runs may yet come. Nothing breaks if it is sent twice; it only costs time.
if squeue --me --noheader --name="$(basename "$folder")" --states=PENDING,RUNNING | grep .; then
  echo "these are still queued: wait for them, or scancel them first" >&2
  exit 1
fi

missing=$("$cmksim" merge "${study[@]}" --parts "$folder" --missing "$parts")
if [ -n "$missing" ]; then
  exec "$here/submit.sh" "$1" "$missing"
fi
rm -f "$folder/merge.log"
merge=$(sbatch --parsable --job-name="$(basename "$folder")" --output="$folder/merge.log" \
  "$here/merge.sbatch" "$cmksim" "$folder" "$results" "${study[@]}")
echo "no part is missing, the merge is job ${merge%%;*}"
