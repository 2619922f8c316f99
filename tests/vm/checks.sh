#!/bin/sh
# What is checked inside the small machine. Prints `ok NAME` or `not ok NAME: WHY`, and `# ...` for what is good to know.
export WHIRR_SOCKET=/tmp/whirr.sock
# A check that waits for what will not come says so in the next one.
cd /tmp || exit 1

check() { # NAME ACTUAL EXPECTED
    if [ "$2" = "$3" ]; then echo "ok $1"; else echo "not ok $1: is '$2', should be '$3'"; fi
}

at_most() { # NAME ACTUAL BOUND
    if [ -n "$2" ] && [ "$2" -le "$3" ]; then echo "ok $1 ($2 of at most $3)"; else echo "not ok $1: is '$2', may be $3"; fi
}

submit() { # prints the id; 0, which no job has, when it is refused
    /whirr/whirrctl submit -q "$@" || { echo "not ok submit $*" >&2; echo 0; }
}
status() { /whirr/whirrctl status "$1" --json | tr -d ' \n' ; }
word() { status "$1" | sed -n "s/.*\"$2\":\"\([^\"]*\)\".*/\1/p"; }
number() { status "$1" | sed -n "s/.*\"$2\":\([0-9.]*\).*/\1/p"; }
ended() { /whirr/whirrctl wait "$@" >/dev/null 2>&1; }
now() { awk '{ printf "%d\n", $1 * 1000 }' /proc/uptime; }
processes() { ps -o args | grep -c "$1"; }
until_true() { limit=$(($(now) + 90000)); until eval "$1"; do [ "$(now)" -gt $limit ] && return 1; sleep 0.1; done; }

/whirr/whirrd --user --config /dev/null --socket $WHIRR_SOCKET --state-dir /tmp/state --runs-dir /tmp/runs --keeper /whirr/whirr-keeper \
    --slots 4 --kill-grace-period 500ms 2>/tmp/whirrd.log &
daemon=$!
until_true 'grep -q "listens on" /tmp/whirrd.log' || { echo "not ok whirrd starts: $(cat /tmp/whirrd.log)"; exit 1; }
grep -q 'held together by cgroup' /tmp/whirrd.log && echo "ok jobs are held together by cgroup" || echo "not ok jobs are held together by cgroup: $(cat /tmp/whirrd.log)"

# Memory: what the kernel kills for it is told from what somebody else kills.
# dd takes its whole block at once and fills it. (.NET would see the limit, and give up by itself.)
id=$(submit --memory 64M -- /bin/dd if=/dev/zero of=/dev/null bs=512M count=1)
ended "$id"
check "a job over its memory limit has the reason" "$(word "$id" reason)" memory_limit
id=$(submit --memory 64M -- /bin/sh -c 'sleep 1000 & wait')
until_true '[ "$(word "$id" state)" = running ]'
kill -9 "$(number "$id" pid)"
ended "$id"
check "a job killed by hand under a memory limit has the reason" "$(word "$id" reason)" signal
check "and the signal" "$(number "$id" signal)" 9
id=$(submit --memory 64M -- /bin/sh -c 'dd if=/dev/zero of=/dev/null bs=512M count=1; exit 3')
ended "$id"
check "a shell whose child took too much has the reason" "$(word "$id" reason)" memory_limit
id=$(submit --memory 256M -- /bin/dd if=/dev/zero of=/dev/null bs=32M count=1)
ended "$id"
check "a job within its memory limit is completed" "$(word "$id" state)" completed

# Processors: a quarter of one, for a loop that would take all of two.
began=$(now)
id=$(submit --cpus 0.25 -- /bin/sh -c 'for i in 1 2; do timeout 8 sh -c "while :; do :; done" & done; wait; exit 0')
ended "$id"
used=$(number "$id" cpu_seconds | awk '{ printf "%d\n", $1 * 1000 }')
at_most "a loop at a quarter of a processor takes so many ms of it, at most 30 % of those that went by" "$used" $((($(now) - began) * 30 / 100))

# Processes: a bomb is held at its limit, and its end is the end of all of it.
id=$(submit --pids 40 -- /bin/sh -c 'b() { b | b & }; trap "" TERM; b 2>/dev/null; sleep 1000; sleep 1000')
until_true '[ "$(word "$id" state)" = running ]'
sleep 3
leaf=$(ls -d /sys/fs/cgroup/whirr/*/"$id"-1 2>/dev/null)
echo "# the bomb fills $leaf: $(cat "$leaf/pids.current" 2>/dev/null) of $(cat "$leaf/pids.max" 2>/dev/null)"
at_most "processes of a fork bomb" "$(cat "$leaf/pids.current")" 40
/whirr/whirrctl cancel "$id" --wait >/dev/null 2>&1
check "a fork bomb that is cancelled is" "$(word "$id" state)" cancelled
check "nothing of it is left" "$(ls -d "$leaf" 2>/dev/null)" ""

# cgroup.kill: a tree of 1,000 with sessions of their own, and one that forks faster than anybody can kill it one by one.
id=$(submit -- /bin/sh -c 'trap "" TERM; i=0; while [ $i -lt 999 ]; do setsid sleep 987654 & i=$((i + 1)); done; echo all; sleep 987654; sleep 987654')
until_true '[ "$(processes "slee[p] 987654")" -ge 1000 ]'
began=$(now)
/whirr/whirrctl cancel "$id" --wait >/dev/null 2>&1
took=$(($(now) - began))
check "a tree of 1,000 processes that is cancelled is" "$(word "$id" state)" cancelled
check "none of the 1,000 is left" "$(processes "slee[p] 987654")" 0
at_most "ms from the cancel to its end, 500 of grace in it" "$took" 10000
id=$(submit -- /bin/sh -c 'trap "" TERM; f() { while :; do (setsid sleep 0.01; f) & sleep 0.01; done; }; f & sleep 1000')
until_true '[ "$(word "$id" state)" = running ]'
sleep 1
leaf=$(ls -d /sys/fs/cgroup/whirr/*/"$id"-1)
/whirr/whirrctl cancel "$id" --wait >/dev/null 2>&1
check "a tree that forks without end is" "$(word "$id" state)" cancelled
check "and nothing of it is left" "$(ls -d "$leaf" 2>/dev/null)" ""

# A keeper that dies takes along also those that hide: no parent, no session, no files, no environment.
id=$(submit --on-lost stop -- /bin/sh -c '(env -i setsid sh -c "exec </dev/null >/dev/null 2>&1; exec sleep 123456" &); sleep 1000')
until_true '[ "$(processes "slee[p] 123456")" = 1 ]'
kill -9 "$(awk '{ print $4 }' "/proc/$(number "$id" pid)/stat")"
ended "$id"
check "a job whose keeper was killed has the reason" "$(word "$id" reason)" keeper_died
check "and nobody hides from its end" "$(processes "slee[p] 123456")" 0

kill -TERM $daemon
wait $daemon
check "a daemon without jobs leaves no cgroup" "$(ls -d /sys/fs/cgroup/whirr/*/ 2>/dev/null)" ""
