#!/bin/sh
# Cold backup: stops SemStreams and NATS, packs their volumes, starts them again, and deletes what is older than KEEP_DAYS.
#
#   docker/backup.sh [FOLDER]        FOLDER is /backup/semstreams where it is not given
#
# Makes FOLDER/20260131-020000 with nats-data.tar.gz, semstreams-data.tar.gz, config.json and their checksums. Secrets are
# not in it. Without a stop: "semstreams backup", see docs/deployment.md.
set -eu
keep_days=${KEEP_DAYS:-7}
folder=${1:-/backup/semstreams}
mkdir -p "$folder"
folder=$(cd "$folder" && pwd)
cd "$(dirname "$0")/.."

mkdir "$folder/.lock" 2>/dev/null || { echo "another backup to $folder is under way; if not, remove $folder/.lock" >&2; exit 1; }
date=$(date +%Y%m%d-%H%M%S)
work=$folder/.$date
running=$(docker compose ps --services --status running | grep -xE 'nats|semstreams' || true)
end() {
  # shellcheck disable=SC2086 # one word per service
  [ -z "$running" ] || docker compose start $running
  rm -rf "$work" "$folder/.lock"
}
trap end EXIT
trap 'exit 1' INT TERM

mkdir -m 700 "$work"
docker compose stop semstreams nats
for service in nats semstreams; do
  docker compose run --rm -T --no-deps --entrypoint tar "$service" -C /data -czf - . >"$work/$service-data.tar.gz" </dev/null
  gzip -t "$work/$service-data.tar.gz"
done
for config in config.json docker/config.json; do
  [ ! -e "$config" ] || { cp "$config" "$work/config.json"; break; }
done
(cd "$work" && sha256sum -- * >SHA256SUMS)
mv "$work" "$folder/$date"

# folders of ours alone, never FOLDER itself, and only now that a newer one is there
find "$folder" -mindepth 1 -maxdepth 1 -type d -name '[0-9]*-[0-9]*' -mmin "+$((keep_days * 24 * 60))" ! -name "$date" \
  -exec rm -rf {} +
echo "backed up to $folder/$date"
