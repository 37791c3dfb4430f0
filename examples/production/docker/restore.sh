#!/bin/sh
# Puts a cold backup back, in place of what is there: that is packed first, into the folder before-restore beside it.
#
#   docker/restore.sh FOLDER         such as /backup/semstreams/20260131-020000
#
# A backup that is not whole is refused before anything is touched.
set -eu
[ -d "${1:-}" ] || { echo "usage: docker/restore.sh FOLDER, such as /backup/semstreams/20260131-020000" >&2; exit 2; }
backup=$(cd "$1" && pwd)
cd "$(dirname "$0")/.."

(cd "$backup" && sha256sum --quiet -c SHA256SUMS) || { echo "$backup is not whole; nothing was touched" >&2; exit 1; }
for service in nats semstreams; do
  [ -e "$backup/$service-data.tar.gz" ] || { echo "$backup has no $service-data.tar.gz; nothing was touched" >&2; exit 1; }
done

project=$(docker compose config | sed -n 's/^name: //p')
if docker volume inspect "${project}_nats-data" "${project}_semstreams-data" >/dev/null 2>&1; then
  docker compose stop semstreams nats
  docker/backup.sh "$(dirname "$backup")/before-restore"
fi

docker compose down
docker compose run --rm -T --no-deps nats-volume </dev/null
for service in nats semstreams; do
  docker compose run --rm -T --no-deps --entrypoint find "$service" /data -mindepth 1 -delete </dev/null
  docker compose run --rm -T --no-deps --entrypoint tar "$service" -C /data -xzf - <"$backup/$service-data.tar.gz"
done
for config in config.json docker/config.json; do
  [ ! -e "$config" ] || { cp "$backup/config.json" "$config"; break; }
done
docker compose up -d --wait
echo "restored $backup"
