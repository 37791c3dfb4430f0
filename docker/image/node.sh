#!/bin/sh
# Lays out Node in $1: the binary without its symbol tables, and the one library that a slim Debian lacks.
# The folder of libraries is named after the processor, so it is asked for.
set -eu
mkdir -p "$1/usr/local/bin"
strip --strip-unneeded -o "$1/usr/local/bin/node" /usr/local/bin/node
atomic=$(ldd /usr/local/bin/node | awk '$1 ~ /^libatomic/ { print $3 }')
[ -z "$atomic" ] || install -D -m 644 "$(readlink -f "$atomic")" "$1/usr${atomic#/usr}"
find "$1" -exec touch -h -d "@${SOURCE_DATE_EPOCH:-$(date +%s)}" {} +
