/**
 * What becomes of each command of the docs. `npm test` holds that every one stands here, and none that the docs do not have.
 *
 *   server(/says/)      typed by scripts/documented/server.nats.test.mjs, beside a running server, and says this
 *   docker(/says/)      typed by scripts/docker-test/guide.mjs, in containers, and says this
 *   systemd(/says/)     typed by scripts/docker-test/bare-metal.mjs, on a Debian with systemd, and says this
 *   test(file, words)   run by that file, in which these words stand
 *   not(words)          not run; these words of the page tell its reader why
 */
const server = (says, more) => ({ where: 'server', says, ...more });
const docker = (says, more) => ({ where: 'docker', says, ...more });
const systemd = (says, more) => ({ where: 'systemd', says, ...more });
const test = (file, words) => ({ file, words });
const not = (because) => ({ because });

const anything = /^/;
const healthy = /"status":"healthy"/;
const pageOfFederation = test('server/src/three-locations.nats.test.ts', 'commandsOf(page)');
const untilStopped = { untilStopped: true };
const makePassword =
  '(umask 077 && cp .env.example .env && sed -i "s/^NATS_PASSWORD=$/NATS_PASSWORD=$(openssl rand -hex 24)/" .env)';
const grepMetrics = "curl -s http://localhost:8080/metrics | grep -E '^semstreams_(flow|message)_'";

export const commands = {
  'README.md': {
    'npm start': test('scripts/docker-test/bare-metal.mjs', 'npm start'),
    'npm test': test('.ci/run', 'npm test'),
    'npx vitest run server/src/component-types/processors/keep-fields server/src/component-types/conformance.test.ts':
      test('scripts/documented/five-steps.nats.test.mjs', 'await type(try1)'),
    'npm run build && npm run generate': test(
      'scripts/documented/five-steps.nats.test.mjs',
      'npm run build && npm run generate',
    ),
    'npm test && npm start': test('scripts/documented/five-steps.nats.test.mjs', 'npm test && npm start'),
  },

  'docs/deployment.md': {
    'docker build -f docker/Dockerfile -t ghcr.io/c360/semstreams:v0.1.0 --build-arg VERSION=v0.1.0 --build-arg COMMIT=$(git rev-parse HEAD) --build-arg SOURCE_DATE_EPOCH=$(git log -1 --format=%ct) .':
      docker(anything),
    'sudo cp -r examples/production /opt/semstreams': docker(anything),
    'cd /opt/semstreams': docker(anything),
    [makePassword]: docker(anything),
    'docker compose up -d --wait': docker(anything),
    'docker compose ps': docker(/\(healthy\)/),
    'curl http://localhost:8080/health': docker(healthy),
    'docker compose exec nats wget -qO- http://127.0.0.1:8222/healthz': docker(/"status":"ok"/),
    'docker compose logs -f semstreams': docker(/is ready at/, untilStopped),
    'docker compose exec semstreams semstreams doctor': docker(/ passed, \d+ warnings, 0 failed/),
    'docker compose run --rm --no-deps semstreams config --check /etc/semstreams/config.json': docker(/can be used/),
    'docker compose run --rm --no-deps semstreams config': docker(/log_level/),
    'mkdir -m 700 secrets && (umask 077 && openssl rand -hex 24 > secrets/nats_password)': docker(anything),
    'sudo chown 1000 secrets/nats_password': docker(anything),
    'iptables -I DOCKER-USER -i eth0 -p tcp --dport 8080 ! -s 192.168.1.0/24 -j DROP': not(
      'it would change the firewall of the machine',
    ),
    'mkdir -p certs': docker(anything),
    'openssl req -x509 -newkey rsa:2048 -nodes -days 365 -keyout certs/server.key -out certs/server.crt -subj /CN=semstreams.local -addext subjectAltName=DNS:semstreams.local':
      docker(anything),
    'sudo chown 1000 certs/server.key && chmod 400 certs/server.key': docker(anything, { after: 'switchTlsOn' }),
    'curl --cacert certs/server.crt https://semstreams.local:8080/health': docker(healthy, { after: 'switchTlsOff' }),
    "curl -s http://localhost:8080/metrics | grep -E 'semstreams_(flow|message)_'": docker(/semstreams_flow_state/),
    'docker compose logs --tail=100 semstreams': docker(/is ready at/),
    'docker stats --no-stream': docker(/MEM USAGE/),
    'docker compose exec semstreams semstreams backup --keep 7': docker(/backups\/semstreams-\w+\.tar/),
    'docker compose exec -T semstreams semstreams backup -o - > today.tar': docker(anything),
    'docker compose exec -T semstreams semstreams restore --preview - < today.tar': docker(/would be added/),
    'docker compose exec -T semstreams semstreams restore - < today.tar': docker(/to take it back/),
    '0 3 * * * root cd /opt/semstreams && docker compose exec -T semstreams semstreams backup --keep 7 >/dev/null': not(
      'the commands are run by the tests, cron is not',
    ),
    'sudo docker/backup.sh /backup/semstreams': docker(/backed up to/),
    '0 2 * * * root /opt/semstreams/docker/backup.sh /backup/semstreams >>/var/log/semstreams-backup.log 2>&1': not(
      'the script is run by the tests, cron is not',
    ),
    'sudo docker/restore.sh /backup/semstreams/20260131-020000': docker(/^restored /m),
    'docker compose pull semstreams': not('`pull` is not run by the tests'),
    'docker swarm init': test('scripts/docker-test/swarm.mjs', "'swarm', 'init'"),
    'openssl rand -hex 24 | docker secret create nats_password -': test(
      'scripts/docker-test/swarm.mjs',
      "'secret', 'create', 'nats_password', '-'",
    ),
    'docker stack deploy -c docker/stack.yml semstreams': test(
      'scripts/docker-test/swarm.mjs',
      "'-c', 'docker/stack.yml', stack",
    ),
    'docker service update --image ghcr.io/c360/semstreams:v1.1.0 semstreams_app': test(
      'scripts/docker-test/swarm.mjs',
      "'--image', images.next, `${stack}_app`",
    ),
    'docker service rollback semstreams_app': test('scripts/docker-test/swarm.mjs', "'rollback', '-d', `${stack}_app`"),
    'sudo systemctl stop semstreams nats': not('`systemctl` there is not run by the tests'),
    'docker compose up --no-start': docker(anything, { before: 'keepServiceData' }),
    'docker compose run --rm --no-deps nats-volume': docker(anything),
    'sudo tar -C /var/lib/nats -czf - . | docker compose run --rm -T --no-deps --entrypoint tar nats -C /data -xzf -':
      docker(anything),
  },

  'docs/optional-services.md': {
    'docker compose --profile observability up -d --wait': test(
      'scripts/docker-test/observability.mjs',
      "'--profile', 'observability', 'up', '-d', '--wait'",
    ),
    'docker compose --profile observability rm --stop --force grafana prometheus': test(
      'scripts/docker-test/observability.mjs',
      "'--profile', 'observability', 'rm', '--stop', '--force'",
    ),
    'docker run --rm -v "$PWD/docker/prometheus:/etc/prometheus:ro" -w /etc/prometheus --entrypoint promtool prom/prometheus:v3.5.0 test rules alerts.test.yml':
      test('scripts/docker-test/observability.mjs', "'test', 'rules', 'alerts.test.yml'"),
    'docker compose up -d --wait': test('scripts/docker-test/tls.mjs', "'up', '-d', '--wait'"),
    'docker compose cp certificates:/home/step/root_ca.crt .': test(
      'scripts/docker-test/tls.mjs',
      "'cp', 'certificates:/home/step/root_ca.crt', '.'",
    ),
    'curl --cacert root_ca.crt https://semstreams.local:8080/health': test(
      'scripts/docker-test/tls.mjs',
      "'--cacert', 'root_ca.crt'",
    ),
  },

  'docs/operations.md': {
    'semstreams health': server(/^(healthy|degraded)$/m),
    'semstreams doctor': server(/\d+ passed, \d+ warnings, \d+ failed/, { mayFail: true }),
    'semstreams take-over': server(/the own nats-server is used by nobody else/, { mayFail: true }),
    'curl http://localhost:8080/health': server(/"status":"(healthy|degraded)"/),
    [grepMetrics]: server(/^semstreams_flow_state\{/m),
    "curl 'http://localhost:8080/api/v1/logs?limit=20'": server(/"items"/),
    "curl 'http://localhost:8080/api/v1/happenings?limit=20'": server(/"items"/),
    "curl 'http://localhost:8080/api/v1/happenings?flow=drone-telemetry&level=warn&search=port'": server(/"items"/),
    "curl 'http://localhost:8080/api/v1/history?from=24h&step=5m'": server(/"step_s":300/),
    "curl 'http://localhost:8080/api/v1/history?flow=drone-telemetry&each=component&figure=waiting,oldest_waiting&from=6h'":
      server(/"series"/),
    "curl 'http://localhost:8080/api/v1/history?flow=drone-telemetry&figure=latency_p99&from=30d&format=csv'":
      server(/^time/),
    "curl -N 'http://localhost:8080/api/v1/flows/drone-telemetry/connections/vehicle.out/tap?to=positions.in'": server(
      /^data: ?\{/m,
      untilStopped,
    ),
    "curl 'http://localhost:8080/api/v1/flows/drone-telemetry/connections'": server(/"looked_at"/),
    "curl 'http://localhost:8080/api/v1/flows/drone-telemetry/connections/vehicle.out/recent?to=positions.in'":
      server(/"messages"/),
    'semstreams backup --keep 7': server(/backups\/semstreams-\w+\.tar/),
    'semstreams backup -o /mnt/stick/today.tar --with-buffers --passphrase-file /root/passphrase': server(/today\.tar/),
    'curl -o today.tar http://localhost:8080/api/v1/backup': server(anything),
    "curl -H 'backup-passphrase: SECRET' -o today.sealed 'http://localhost:8080/api/v1/backup?with_buffers=true'":
      server(anything),
    "curl -H 'content-type: application/x-tar' --data-binary @today.tar 'http://localhost:8080/api/v1/restore?preview=true'":
      server(/"buckets"/),
    "curl -H 'content-type: application/x-tar' --data-binary @today.tar http://localhost:8080/api/v1/restore":
      server(/"undo_with"/),
    'docker exec semstreams semstreams backup -o - > today.tar': docker(anything),
    '0 2 * * * semstreams cd /var/lib/semstreams && SEMSTREAMS_DATA_DIR=/var/lib/semstreams node /opt/semstreams/server/dist/main.js backup --keep 7 >/dev/null':
      not('cron itself was not tried'),
    'semstreams restore --preview FILE': server(/would be added/),
    'semstreams restore FILE': server(/to take it back/),
    'curl http://localhost:8080/api/v1/flows/FLOW/dead-letters': server(/"items":\[\{/),
    'curl -X POST http://localhost:8080/api/v1/flows/FLOW/dead-letters/resend': server(/^\{/),
  },

  'docs/configuration.md': {
    'semstreams config': server(/^port .* SEMSTREAMS_PORT$/m),
    'semstreams config --check FILE': server(/can be used/),
    'kill -HUP PID': server(anything),
  },

  'docs/federation-advanced.md': {
    'nats stream add FROM_A --subjects "from-a.>" --storage file --retention limits --max-age 7d --dupe-window 1h --defaults':
      not('comes from the NATS project and not with SemStreams'),
    'openssl req -x509 -newkey rsa:2048 -nodes -days 3650 -keyout authority.key -out authority.crt -subj "/CN=our locations"':
      pageOfFederation,
    'openssl req -newkey rsa:2048 -nodes -keyout location-a.key -out location-a.csr -subj /CN=location-a -addext subjectAltName=DNS:location-a':
      pageOfFederation,
    'openssl req -newkey rsa:2048 -nodes -keyout location-b.key -out location-b.csr -subj /CN=location-b -addext subjectAltName=DNS:location-b':
      pageOfFederation,
    'openssl req -newkey rsa:2048 -nodes -keyout location-c.key -out location-c.csr -subj /CN=location-c -addext subjectAltName=DNS:location-c':
      pageOfFederation,
    'openssl x509 -req -in location-a.csr -CA authority.crt -CAkey authority.key -CAcreateserial -days 825 -copy_extensions copy -out location-a.crt':
      pageOfFederation,
    'openssl x509 -req -in location-b.csr -CA authority.crt -CAkey authority.key -CAcreateserial -days 825 -copy_extensions copy -out location-b.crt':
      pageOfFederation,
    'openssl x509 -req -in location-c.csr -CA authority.crt -CAkey authority.key -CAcreateserial -days 825 -copy_extensions copy -out location-c.crt':
      pageOfFederation,
    'openssl verify -CAfile authority.crt location-a.crt location-b.crt location-c.crt': pageOfFederation,
    'chmod 400 *.key': pageOfFederation,
  },

  'docs/tls.md': {
    'openssl req -x509 -newkey rsa:2048 -nodes -days 365 -keyout server.key -out server.crt -subj /CN=semstreams.local -addext subjectAltName=DNS:semstreams.local,DNS:localhost,IP:127.0.0.1':
      server(anything),
    'chmod 400 server.key': server(anything),
    'semstreams config --check /etc/semstreams/config.json': server(/can be used/),
    'curl --cacert server.crt https://localhost:8080/health': server(healthy),
  },

  'docs/reliability.md': {
    'npm run test:faults': test('scripts/checks.mjs', 'faults/vitest.config.ts'),
    'npm run test:faults -- --long': not('the full figures, and half an hour'),
    'npm run test:faults -- kills power': not('some of them'),
    'npm run test:faults -- --long --seed 7': not('the full figures, and half an hour'),
  },

  'docs/bare-metal.md': {
    'sudo useradd --system --home-dir /var/lib/semstreams --shell /usr/sbin/nologin semstreams': systemd(anything),
    'sudo git clone SEMSTREAMS /opt/semstreams': systemd(anything),
    'cd /opt/semstreams && sudo npm start': systemd(anything),
    'sudo rm -rf data': systemd(anything),
    'sudo install -d -m 750 -g semstreams /etc/semstreams': systemd(anything),
    [`echo '{ "host": "127.0.0.1", "port": 8080 }' | sudo tee /etc/semstreams/config.json`]: systemd(/8080/),
    'sudo install -m 644 packaging/systemd/semstreams.service /etc/systemd/system/': systemd(anything),
    'sudo systemctl daemon-reload': systemd(anything),
    'sudo systemctl enable --now semstreams': systemd(anything),
    'curl http://localhost:8080/health': systemd(healthy),
    'journalctl -u semstreams -f': systemd(/is ready at/, untilStopped),
    'SEMSTREAMS_DATA_DIR=/var/lib/semstreams node /opt/semstreams/server/dist/main.js backup -o - > all.tar': test(
      'scripts/docker-test/bare-metal.mjs',
      'SEMSTREAMS_DATA_DIR=/var/lib/semstreams node /opt/semstreams/server/dist/main.js backup -o -',
    ),
    'docker compose exec -T semstreams semstreams restore - < all.tar': test(
      'scripts/docker-test/bare-metal.mjs',
      'docker compose exec -T semstreams semstreams restore -',
    ),
    'docker compose exec -T semstreams semstreams backup -o - > all.tar': test(
      'scripts/docker-test/bare-metal.mjs',
      'docker compose exec -T semstreams semstreams backup -o -',
    ),
    'SEMSTREAMS_DATA_DIR=/var/lib/semstreams node /opt/semstreams/server/dist/main.js restore - < all.tar': test(
      'scripts/docker-test/bare-metal.mjs',
      'SEMSTREAMS_DATA_DIR=/var/lib/semstreams node /opt/semstreams/server/dist/main.js restore -',
    ),
  },

  'examples/production/README.md': {
    'cd /opt/semstreams': test('scripts/docker-test/guide.mjs', 'docs/deployment.md'),
    [makePassword]: test('scripts/docker-test/guide.mjs', 'docs/deployment.md'),
    'docker compose up -d --wait': test('scripts/docker-test/guide.mjs', 'docs/deployment.md'),
    'curl http://localhost:8080/health': test('scripts/docker-test/guide.mjs', 'docs/deployment.md'),
  },
};
