#!/bin/bash
# Makes the tree the root of this mount namespace, with devices of its own, and holds it. Usage: enter.sh TREE
set -euo pipefail
mount --bind "$1" "$1"
cd "$1"
mount -t proc proc proc
mount -t tmpfs -o mode=755 dev dev
mkdir dev/pts dev/shm
mount -t devpts -o newinstance,ptmxmode=666,gid=5,mode=620 devpts dev/pts
mount -t tmpfs -o mode=1777 shm dev/shm
ln -s pts/ptmx dev/ptmx
ln -s /proc/self/fd dev/fd
for node in "null 3" "zero 5" "random 8" "urandom 9"; do mknod -m 666 "dev/${node% *}" c 1 "${node#* }"; done
mknod -m 666 dev/tty c 5 0
pivot_root . mnt
umount -l /mnt
touch /run/entered
exec sleep infinity
