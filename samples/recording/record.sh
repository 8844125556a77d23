#!/bin/bash
# Records the sample log: a small Debian web server, web-01, in a tree and a network of its own on this kernel,
# a normal stretch, then a second one with an intrusion. Needs root, Debian's auditd, debootstrap and iproute2,
# a kernel whose audit nobody else uses, and three minutes for the tree at the first run, six for the recording.
# Usage: record.sh OUTDIR [WORKDIR]
set -euo pipefail

here=$(cd "$(dirname "$0")" && pwd)
out=$(mkdir -p "${1:?usage: record.sh OUTDIR [WORKDIR]}" && cd "$1" && pwd)
work=${2:-/var/tmp/web-01}
pristine=$work/root root=$work/run conf=$work/auditd
readonly shift_seconds=90000   # 25 h: more than any learning period of the shipped queries

die() { echo "record.sh: $*" >&2; exit 1; }
status() { LC_ALL=C auditctl -s | awk -v k="$1" '$1 == k { print $2 }'; }

[ "$(id -u)" = 0 ] || die "run it as root"
for tool in auditctl auditd debootstrap ip; do command -v $tool > /dev/null || die "$tool is missing: install auditd, debootstrap, iproute2"; done
[ "$(status pid)" = 0 ] || die "an audit daemon is running (pid $(status pid)): stop it first"
[ "$(auditctl -l)" = "No rules" ] || die "audit rules are loaded: remove them first"

packages=openssh-server,openssh-client,sshpass,sudo,cron,nginx-light,curl,git,python3,netcat-traditional,auditd,kmod,procps,iproute2
mkdir -p "$work"
[ -e "$work/root.done" ] || {
    debootstrap --variant=minbase --include=$packages bookworm "$pristine" http://deb.debian.org/debian
    touch "$work/root.done"
}

before=$(auditctl -s | grep -v '^lost\|^backlog \|_actual')
enabled=$(status enabled) failure=$(status failure) rate=$(status rate_limit)
limit=$(status backlog_limit) wait_time=$(status backlog_wait_time)
auditd_pid=

# The tree's mount namespace goes with its last process; what runs in it is ours, and is ended by id.
holder=
restore() {
    set +e
    local space; space=$([ -n "$holder" ] && readlink "/proc/$holder/ns/mnt")
    [ "$space" = "$(readlink /proc/self/ns/mnt)" ] && space=   # not entered yet: that is everybody's
    kill $(jobs -p) 2> /dev/null
    for proc in /proc/[0-9]*; do
        [ -n "$space" ] && [ "$(readlink "$proc/ns/mnt")" = "$space" ] && kill -9 "${proc#/proc/}" 2> /dev/null
    done
    wait 2> /dev/null
    {
        auditctl -D; auditctl -e "$enabled"; auditctl -f "$failure"; auditctl -r "$rate"; auditctl -b "$limit"
        auditctl --backlog_wait_time "$wait_time"
    } > /dev/null 2>&1
    ip netns del sample-web 2> /dev/null; ip netns del sample-world 2> /dev/null
    rm -rf --one-file-system "$root"
    diff <(echo "$before") <(auditctl -s | grep -v '^lost\|^backlog \|_actual') && echo "audit is as it was" >&2
}
trap restore EXIT
trap 'exit 130' INT TERM

# The tree: a fresh copy, so that nothing of an earlier recording is left in it, and the root of a mount namespace:
# in a mere chroot, sshd's child (which changes root once more) would show its program's path outside the tree.
rm -rf --one-file-system "$root"
cp -a "$pristine" "$root"
install -m 755 "$here/setup.sh" "$root/root/setup.sh"
install -m 640 "$here/audit.rules" "$root/etc/audit/rules.d/audit.rules"
install -m 640 "$here/audit.rules" "$root/etc/audit/audit.rules"
unshare --mount --propagation private "$here/enter.sh" "$root" & holder=$!
for _ in {1..50}; do [ -e "$root/run/entered" ] && break; sleep 0.1; done
[ -e "$root/run/entered" ] || die "the tree could not be entered"
rm "$root/run/entered"

# Two networks: the server's, and one for everybody else, with addresses reserved for documentation (RFC 5737).
ip netns add sample-web
ip netns add sample-world
ip link add web0 netns sample-web type veth peer name world0 netns sample-world
ip -n sample-web link set lo up
ip -n sample-web addr add 192.0.2.80/24 dev web0
ip -n sample-web link set web0 up
ip -n sample-world link set lo up
ip -n sample-world addr add 192.0.2.1/24 dev world0
ip -n sample-world link set world0 up
for address in 192.0.2.10 198.51.100.10 203.0.113.66; do ip -n sample-world addr add $address/32 dev lo; done
ip -n sample-web route add default via 192.0.2.1

inside() { # NETWORK HOST COMMAND…: in the tree, in that network, under that host name, with a clean environment
    local network=$1 host=$2; shift 2
    nsenter --mount="/proc/$holder/ns/mnt" --net="/run/netns/sample-$network" \
        /usr/bin/env -i PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin LANG=C HOME=/root \
        unshare --uts /bin/sh -c 'hostname "$0" && exec "$@"' "$host" "$@"
}

inside web web-01 /root/setup.sh
rm "$root/root/setup.sh"

# The rules go in from inside the tree (watches and exe= name its files) and before the daemon.
inside web web-01 auditctl -R /etc/audit/audit.rules > /dev/null

# auditd writes outside the tree: inside, its log is truncated in the story.
rm -rf "$conf"; mkdir -p "$conf/plugins.d"
cat > "$conf/auditd.conf" << CONF
local_events = yes
write_logs = yes
log_file = $conf/audit.log
log_group = root
log_format = RAW
flush = INCREMENTAL_ASYNC
freq = 50
max_log_file = 100
max_log_file_action = IGNORE
name_format = USER
name = web-01
plugin_dir = $conf/plugins.d
space_left = 75
space_left_action = IGNORE
admin_space_left = 50
admin_space_left_action = IGNORE
disk_full_action = IGNORE
disk_error_action = IGNORE
CONF
auditd -n -c "$conf" & auditd_pid=$!
for _ in {1..50}; do [ "$(status pid)" = "$auditd_pid" ] && break; sleep 0.1; done
[ "$(status pid)" = "$auditd_pid" ] || die "auditd did not start"
echo "$auditd_pid" > "$root/run/auditd.pid"
sleep 1

. "$here/story.sh"
begin=$(date +%s.%3N)
start_daemons
echo "stretch one" >&2; normal_day
sleep 3; boundary=$(date +%s.%3N); sleep 1
echo "stretch two" >&2; normal_day
intrusion
sleep 2
echo "lost records: $(status lost)" >&2
for _ in {1..50}; do kill -0 "$auditd_pid" 2> /dev/null || break; sleep 0.1; done

# From the first act on: what auditd says at its start (it names the kernel of the recording machine) is left out.
awk -v begin="$begin" -v boundary="$boundary" -v back=$shift_seconds -v old="$out/audit.log.1" -v new="$out/audit.log" '
    match($0, /audit\([0-9]+\.[0-9]+:/) {
        stamp = substr($0, RSTART + 6, RLENGTH - 7)
        if (stamp + 0 < begin + 0) next
        if (stamp + 0 >= boundary + 0) { print > new; next }
        split(stamp, part, ".")
        print substr($0, 1, RSTART + 5) (part[1] - back) "." part[2] substr($0, RSTART + RLENGTH - 1) > old
    }' "$conf/audit.log"
wc -lc "$out/audit.log.1" "$out/audit.log" >&2
