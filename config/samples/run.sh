#!/bin/bash
# Starts rotationd as the present user in the private folder .run, with the SQLite and the journal plugin and the rehearsal
# clock, plays the sample case through its socket, and keeps serving until Ctrl-C. MONTH=1 plays the month of a whole commune
# instead; ONCE=1 ends it after the play.
#   run.sh FOLDER-OF-THE-PROGRAMS
set -euo pipefail
programs=$(realpath "$1")
samples=$(dirname "$(realpath "$0")")
config=$(dirname "$samples")
run=$PWD/.run
rm -rf "$run"
mkdir -m 700 "$run"
rosters=()
if [ -n "${MONTH:-}" ]; then rosters=(--set rosters="$samples/ninh-phuoc/rosters"); fi

"$programs/rotationd" --config "$config/rotationd.yaml" \
  --set listen="$run/org.rotationd" --set socket_mode=0600 --set clock=rehearsal --set gateways="$(id -un)" \
  --set plugins="$programs" --set "storage=exec:storage-sqlite --database $run/rotationd.sqlite" \
  --set notifications=exec:notify-journal "${rosters[@]}" 2>"$run/log" &
daemon=$!
trap 'kill "$daemon" 2>/dev/null || true; wait "$daemon" 2>/dev/null || true' EXIT
trap 'exit 0' INT TERM
until [ -S "$run/org.rotationd" ]; do
  kill -0 "$daemon" 2>/dev/null || { cat "$run/log" >&2; exit 1; }
  sleep 0.05
done

ctl() { "$programs/rotationctl" "$@" --socket "$run/org.rotationd"; }
ctl directory import "$config/directory"
if [ -n "${MONTH:-}" ]; then
  ctl rehearse "$samples/ninh-phuoc/july-2022.yaml"
  for level in excellent good completed not_completed; do
    count=$(ctl case list --person cb-01 --unit xa-ninh-phuoc --period 2022-07 --field final_level=$level --json | wc -l)
    echo "   $level: $count"
  done
else
  ctl rehearse "$samples/rehearsal.yaml"
  for case in $(ctl case list --person cb-01 --json | sed -n 's/.*"id":"\([0-9a-z]*\)".*/\1/p'); do
    echo
    ctl case history "$case" --person cb-01
  done
fi
ctl verify

if [ -n "${ONCE:-}" ]; then exit 0; fi
echo
case "${LC_ALL:-${LC_MESSAGES:-${LANG:-}}}" in
  vi*) echo "rotationd đang chạy (nhật ký: .run/log; Ctrl-C để dừng). Ở một cửa sổ khác, hãy thử:" ;;
  *) echo "rotationd keeps serving (log: .run/log; Ctrl-C stops it). In another window, try:" ;;
esac
echo "  ${1%/}/rotationctl status"
echo "  ${1%/}/rotationctl task list --person cb-11"
echo "  ${1%/}/rotationctl clock advance 2022-09-26 && ${1%/}/rotationctl case list --person cb-01"
wait "$daemon"
