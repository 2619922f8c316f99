#!/bin/sh
# One life of a job under torture. Proves that it runs alone: each attempt adds a line to the ledger (O_APPEND, one write) and holds the lock
# of its job for as long as anything of it lives that did not close all its files.
# usage: job.sh LEDGER KIND SECONDS NUMBER [UNTIL]
ledger=$1 kind=$2 seconds=$3 number=$4 until=${5:-0}
exec 9>"$ledger/lock.$WHIRR_JOB_ID"
flock -n 9 || echo "$WHIRR_JOB_ID $WHIRR_ATTEMPT $$" >>"$ledger/twice"
echo "$WHIRR_JOB_ID $WHIRR_ATTEMPT $$" >>"$ledger/starts"

# Somebody who stays: no parent, no terminal, no files of the job, a session of its own. Ends by itself after minutes only, so that a broken
# whirr leaves no harm behind for ever.
stayer='exec </dev/null >/dev/null 2>&1 9>&-; i=0; while [ $i -lt 3000 ]; do i=$((i + 1)); sleep 0.1; done'

case $kind in
    exit) sleep "$seconds"; exit "$number" ;;
    signal) sleep "$seconds"; kill "-$number" $$; sleep 60 ;;
    deaf) trap '' TERM; sleep "$seconds"; exit "$number" ;;
    polite) trap 'exit 0' TERM; sleep "$seconds" & wait $!; exit "$number" ;;
    leave) (setsid sh -c "$stayer" "$ledger/stayer" "$WHIRR_JOB_ID" "$WHIRR_ATTEMPT" &); sleep "$seconds"; exit "$number" ;;
    hide) (env -i setsid sh -c "$stayer" "$ledger/stayer" "$WHIRR_JOB_ID" "$WHIRR_ATTEMPT" &); sleep "$seconds"; exit "$number" ;;
    log) seq 1 "$number"; sleep "$seconds"; echo "whole" ;;
    again) sleep "$seconds"; [ "$WHIRR_ATTEMPT" -gt "$until" ] && exit 0; exit "$number" ;;
    tree) for i in 1 2 3 4 5 6 7 8; do (setsid sleep 300 &); sleep 300 & done; sleep "$seconds"; exit "$number" ;;
    endless) sleep 100000; exit 99 ;;
    stopped) kill -STOP $$; sleep 100000; exit 99 ;;
    poison) kill -KILL $PPID; sleep 100000; exit 99 ;;
    *) exit 98 ;;
esac
