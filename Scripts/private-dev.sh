#!/usr/bin/env bash
# Runs a command in a mount namespace with a /dev of its own: tools that make roots and containers mount and remove
# device nodes, and a fault there must not reach this machine's. Needs root.
#
# usage: Scripts/private-dev.sh COMMAND...
set -euo pipefail

if [[ ${1:-} != --inside ]]; then
    ((EUID == 0)) || { echo "private-dev: run this as root" >&2; exit 1; }
    exec unshare --mount --propagation private "$BASH" "${BASH_SOURCE[0]}" --inside "$@"
fi
shift

new=$(mktemp -d)
mount -t tmpfs -o mode=755,size=1m devices "$new"
while read -r name major minor; do
    mknod -m 666 "$new/$name" c "$major" "$minor"
done <<'END'
null 1 3
zero 1 5
full 1 7
random 1 8
urandom 1 9
tty 5 0
fuse 10 229
END
mkdir "$new/pts" "$new/shm"
mount -t devpts -o newinstance,ptmxmode=0666,mode=620 devpts "$new/pts"
mount -t tmpfs -o mode=1777,size=256m shm "$new/shm"
ln -s pts/ptmx "$new/ptmx"
ln -s /proc/self/fd "$new/fd"
ln -s /proc/self/fd/0 "$new/stdin"
ln -s /proc/self/fd/1 "$new/stdout"
ln -s /proc/self/fd/2 "$new/stderr"
mount --move "$new" /dev
rmdir "$new"
exec "$@"
