#!/bin/bash
# Boots a real systemd as PID 1, with a real journald, over the tree of a Debian system: only namespaces, so neither a
# virtual machine nor a container runtime is needed. Run as root.
#
#   bed.sh STATE LOWER
#
#   STATE  a folder of the bed's own; what the system writes is kept in STATE/upper, over a reboot too
#   LOWER  the tree below it, never written; several, the topmost first, are separated by colons
#
# Prints the process id that the bed's PID 1 has outside when the system has started. Ends when the system was shut down,
# or kills it when standard input closes: so no bed outlives a test program, however that ended.
set -eu
STATE=${STATE:-$(realpath "$1")} LOWER=${LOWER:-$2} STAGE=${STAGE:-boot}
export STATE LOWER
# cgroup2, wherever this machine has it.
export CGROUP=${CGROUP:-$(awk '$3 == "cgroup2" { print $2; exit }' /proc/mounts)/bed-${STATE##*/}}
self=$(realpath "$0") root=$STATE/root

next_stage() { # STAGE COMMAND…: runs this script again under the command
    local stage=$1
    shift
    STAGE=$stage exec "$@" "$self" "$STATE" "$LOWER"
}

# In a mount namespace of its own, but still among the outer processes: the system's root.
prepare_root() {
    mount -t overlay bed -o "lowerdir=$LOWER,upperdir=$STATE/upper,workdir=$STATE/work" "$root"
    # Nobody logs in here, and what begins at some hour would disturb measurements.
    for unit in getty.target console-getty.service apt-daily.timer apt-daily-upgrade.timer dpkg-db-backup.timer \
        e2scrub_all.timer e2scrub_reap.service fstrim.timer systemd-pstore.service; do
        ln -sf /dev/null "$root/etc/systemd/system/$unit"
    done
    : >"$root/etc/fstab"
    echo bed >"$root/etc/hostname"
    [ -s "$root/etc/machine-id" ] && ! grep -q uninitialized "$root/etc/machine-id" ||
        tr -d - </proc/sys/kernel/random/uuid >"$root/etc/machine-id"
    next_stage join unshare --pid --fork --kill-child --uts --ipc --net --propagation unchanged
}

# PID 1 to be, before it gets a cgroup namespace: the group that it stands in becomes that namespace's root.
join_cgroup() {
    echo 0 >"$CGROUP/cgroup.procs"
    next_stage init unshare --cgroup --propagation unchanged
}

# PID 1 mounts what a kernel would find or a container manager would give, changes its root and becomes systemd.
become_init() {
    mount -t proc -o nosuid,nodev,noexec proc "$root/proc"
    # The kernel's knobs are this machine's too: systemd-sysctl must not turn them.
    mount --bind "$root/proc/sys" "$root/proc/sys"
    mount -o remount,bind,ro,nosuid,nodev,noexec "$root/proc/sys"
    # Read-only /sys keeps udev's units away.
    mount -t sysfs -o nosuid,nodev,noexec,ro sysfs "$root/sys"
    mount -t cgroup2 -o nosuid,nodev,noexec cgroup2 "$root/sys/fs/cgroup"
    mount -t tmpfs -o nosuid,mode=755 dev "$root/dev"
    local name minor
    while read -r name major minor; do
        mknod -m 666 "$root/dev/$name" c "$major" "$minor"
    done <<<$'null 1 3\nzero 1 5\nfull 1 7\nrandom 1 8\nurandom 1 9\ntty 5 0'
    ln -s /proc/self/fd "$root/dev/fd"
    ln -s fd/0 "$root/dev/stdin"
    ln -s fd/1 "$root/dev/stdout"
    ln -s fd/2 "$root/dev/stderr"
    mkdir "$root/dev/pts" "$root/dev/shm"
    mount -t devpts -o newinstance,ptmxmode=0666,mode=620,gid=5 devpts "$root/dev/pts"
    ln -s pts/ptmx "$root/dev/ptmx"
    : >"$root/dev/console"
    mount --bind "$STATE/console" "$root/dev/console"
    mount -t tmpfs -o nosuid,nodev,mode=1777 shm "$root/dev/shm"
    mount -t tmpfs -o nosuid,nodev,mode=755 run "$root/run"
    mount -t tmpfs -o nosuid,nodev,mode=1777 tmp "$root/tmp"
    mkdir -p "$root/.outside"
    cd "$root"
    pivot_root . .outside
    cd /
    exec </dev/null
    umount --lazy /.outside
    rmdir /.outside
    mount --make-rshared /
    # The clock and the kernel's modules are not the bed's to change.
    exec env -i container=bed PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin \
        setpriv --bounding-set -sys_module,-sys_rawio,-sys_time \
        /lib/systemd/systemd --system --unit=multi-user.target --show-status=no
}

remove_cgroup() { # the kernel needs a moment after the last process
    local try
    for try in {1..100}; do
        [ ! -d "$CGROUP" ] || find "$CGROUP" -depth -type d -exec rmdir {} + 2>/dev/null || true
        [ -d "$CGROUP" ] || return 0
        sleep 0.02
    done
}

boot() {
    mkdir -p "$STATE/upper" "$STATE/work" "$root" "$CGROUP"
    : >"$STATE/console"
    STAGE=root setsid unshare --mount --propagation private "$self" "$STATE" "$LOWER" \
        </dev/null >"$STATE/console" 2>&1 &
    outer=$!
    exec 3<&0
    { read -r <&3 || kill -KILL "$outer"; } >/dev/null 2>&1 &
    guard=$!
    trap 'kill -KILL "$outer" "$guard" 2>/dev/null || true; remove_cgroup' EXIT
    local leader
    until leader=$(cat "/proc/$outer/task/$outer/children") && leader=${leader%% *} && [ -n "$leader" ] &&
        [ "$(cat "/proc/$leader/comm")" = systemd ] && [ -S "/proc/$leader/root/run/systemd/private" ]; do
        kill -0 "$outer" || { cat "$STATE/console" >&2; exit 1; }
        sleep 0.02
    done 2>/dev/null
    local state
    state=$(nsenter --target "$leader" --mount --uts --ipc --net --pid --cgroup --root --wd \
        systemctl is-system-running --wait) || {
        echo "the system is $state" >&2
        nsenter --target "$leader" --mount --pid --root --wd systemctl --failed --no-pager >&2
    }
    echo "$leader"
    exec >&-
    wait "$outer" 2>/dev/null || true
}

case $STAGE in
boot) boot ;;
root) prepare_root ;;
join) join_cgroup ;;
init) become_init ;;
esac
