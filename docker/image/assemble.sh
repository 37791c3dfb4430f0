#!/bin/sh
# Lays out what the image holds: $1/root is its file tree, $1/data the part that belongs to its user.
# Run in the built sources. All times are set to SOURCE_DATE_EPOCH, so that the same sources give the same layer; without
# it to now. They must differ from version to version: browsers ask by them whether a page is still the same.
set -eu
export SOURCE_DATE_EPOCH="${SOURCE_DATE_EPOCH:-$(date +%s)}"
image=$1
app=$image/root/app
share=$image/root/usr/share/semstreams
mkdir -p "$app/server" "$app/ui" "$share" "$image/root/usr/local/bin" "$image/data/data"

node docker/image/sbom.mjs >"$share/sbom.cdx.json"
cp LICENSE "$share/"

cp -r ui/dist "$app/ui/"
cp -r server/dist server/package.json "$app/server/"
npm ci --omit=dev -w @semstreams/server --no-audit --no-fund --no-update-notifier
cp -r node_modules "$app/"
node docker/image/prune.mjs "$app/node_modules"
find "$app/node_modules" -type d -empty -delete
install -m 755 docker/image/semstreams "$image/root/usr/local/bin/semstreams"

find "$image" -exec touch -h -d "@$SOURCE_DATE_EPOCH" {} +
