import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { commands } from '../../docs/commands.mjs';
import { commandsIn } from '../documented/commands-in.mjs';
import { Terminal } from '../documented/terminal.mjs';
import { root } from '../setup/root.mjs';
import { docker, run } from './engine.mjs';
import { eventually, note, step } from './steps.mjs';

const page = 'docs/bare-metal.md';
const image = 'semstreams-test:debian';
const name = 'semstreams-test-debian';

/** Debian with Node and systemd, as a device has it; then what a reader types until `npm start` has done its work. */
const dockerfile = (typed) => `
FROM node:26-bookworm-slim
RUN apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -qq -y --no-install-recommends \\
  systemd systemd-sysv dbus git sudo curl procps >/dev/null
RUN git config --system --add safe.directory '*'
COPY . /sources
${typed.map((command) => `RUN ${command.includes('npm start') ? untilReady(command) : command}`).join('\n')}
CMD ["/sbin/init"]
`;

/** Ctrl+C when it is ready; on a free port, as a build may share the network of the engine's machine. */
const untilReady = (command) =>
  `(export SEMSTREAMS_PORT=0; ${command}) >/tmp/said 2>&1 & \\
  until grep -q 'is ready at' /tmp/said; do kill -0 $! || { cat /tmp/said; exit 1; }; sleep 1; done; \\
  pkill -INT -f '[s]cripts/start.mjs'; wait $! || true`;

/** docs/bare-metal.md on a Debian that systemd runs, in a container; and the way from there into containers and back. */
export const bareMetal = async (installation) => {
  const all = commandsIn(readFileSync(join(root, page), 'utf8')).map(({ command }) => command);
  const rewrite = [
    ['SEMSTREAMS /opt', '/sources /opt'],
    ['sudo ', ''],
  ];
  const terminal = new Terminal({ folder: '/opt/semstreams', rewrite, machine: ['docker', 'exec', name] });
  const before = all.slice(0, all.findIndex((command) => command.includes('npm start')) + 1);

  let isBuilt = false;
  await step('installs and builds on a Debian with nothing but Node', () => {
    buildMachine(before.map((command) => terminal.rewritten(command)));
    isBuilt = true;
  });
  if (!isBuilt) return;
  try {
    const rights = ['--cap-add', 'SYS_ADMIN', '--security-opt', 'seccomp=unconfined', '--cgroupns', 'private'];
    const memory = ['--tmpfs', '/run', '--tmpfs', '/run/lock'];
    docker('run', '-d', '--name', name, '-e', 'container=docker', ...rights, ...memory, image);
    if (!(await isRunBySystemd())) return note('  skipped: this engine does not let systemd run in a container');

    for (const command of all.slice(before.length)) {
      const entry = commands[page][command];
      if (entry?.where !== 'systemd') continue;
      await step(command, async () => {
        await eventually(() => terminal.type(command, entry), 30_000);
      });
    }
    await aboutTheUnit(terminal);
    await bothWays(installation, terminal);
  } finally {
    docker('rm', '-f', '-v', name);
  }
};

const buildMachine = (typed) => {
  const context = mkdtempSync(join(tmpdir(), 'semstreams-sources-'));
  try {
    run('git', ['clone', '-q', '--depth', '1', `file://${root}`, context]);
    writeFileSync(join(context, '.dockerignore'), '');
    const file = join(context, '.git', 'Dockerfile.debian');
    writeFileSync(file, dockerfile(typed));
    run('docker', ['build', '--network', 'host', '-t', image, '-f', file, context], { withinMs: 30 * 60_000 });
  } finally {
    rmSync(context, { recursive: true, force: true });
  }
};

const isRunBySystemd = async () => {
  try {
    const state = () => run('docker', ['exec', name, 'sh', '-c', 'systemctl is-system-running || true']).trim();
    await eventually(() => ['running', 'degraded'].includes(state()), 30_000);
    return true;
  } catch {
    return false;
  }
};

const ask = (terminal, command) => terminal.type(command).trimEnd().split('\n').slice(0, -1).join('\n').trim();
const mainProcess = (terminal) => ask(terminal, 'systemctl show semstreams -P MainPID');
const healthy = (terminal) =>
  eventually(() => terminal.type('curl -sf http://localhost:8080/health', { says: /"status":"healthy"/ }));

const aboutTheUnit = async (terminal) => {
  await step('runs as a user of its own, without capabilities, on a file system that it cannot write', () => {
    const status = ask(terminal, `cat /proc/${mainProcess(terminal)}/status`);
    assert.match(status, /^CapEff:\s+0+$/m);
    assert.match(status, /^NoNewPrivs:\s+1$/m);
    assert.equal(ask(terminal, `stat -c %U /proc/${mainProcess(terminal)}`), 'semstreams');
    assert.match(ask(terminal, `grep ' / / ' /proc/${mainProcess(terminal)}/mountinfo`), /\bro\b/);
    assert.equal(ask(terminal, 'stat -c "%U %a" /var/lib/semstreams'), 'semstreams 700');
  });

  await step('is rated by systemd-analyze security', () => {
    const { length } = ask(terminal, 'systemd-analyze verify /etc/systemd/system/semstreams.service');
    assert.equal(length, 0);
    const [, level] = /exposure level for semstreams\.service: ([\d.]+)/i.exec(
      ask(terminal, 'systemd-analyze security --no-pager semstreams'),
    );
    assert.ok(Number(level) < 2, level);
    return level;
  });

  await step('comes back when it is killed, with another process', async () => {
    const before = mainProcess(terminal);
    ask(terminal, `kill -9 ${before}`);
    await eventually(() => !['0', before].includes(mainProcess(terminal)));
    await healthy(terminal);
  });

  await step('takes changed settings by reload, as the same process', async () => {
    const before = mainProcess(terminal);
    ask(terminal, `sed -i 's/"port": 8080/"port": 8080, "log_level": "debug"/' /etc/semstreams/config.json`);
    ask(terminal, 'systemctl reload semstreams');
    await eventually(() => terminal.type('journalctl -u semstreams', { says: /log_level/ }));
    assert.equal(mainProcess(terminal), before);
  });

  await step('stops in order', () => {
    ask(terminal, 'systemctl stop semstreams');
    assert.equal(ask(terminal, 'systemctl show semstreams -P Result'), 'success');
    ask(terminal, 'systemctl start semstreams');
  });
};

/** What the page types here and there; `docker exec` takes the place of sitting at the machine. */
const here = {
  backup: 'SEMSTREAMS_DATA_DIR=/var/lib/semstreams node /opt/semstreams/server/dist/main.js backup -o -',
  restore: 'SEMSTREAMS_DATA_DIR=/var/lib/semstreams node /opt/semstreams/server/dist/main.js restore -',
};
const there = {
  backup: 'docker compose exec -T semstreams semstreams backup -o -',
  restore: 'docker compose exec -T semstreams semstreams restore -',
};

/** By a backup here and a restore there. */
const bothWays = async (installation, terminal) => {
  const json = { 'content-type': 'application/json' };
  const make = (id) => ({ id, components: [{ id: 'a', type: 'simulator_input' }] });
  await installation.ensureUp();

  await step('a flow goes from the service into containers', async () => {
    await healthy(terminal);
    const body = JSON.stringify(make('from-the-service'));
    ask(
      terminal,
      `curl -sf -H 'content-type: ${json['content-type']}' -d '${body}' http://localhost:8080/api/v1/flows`,
    );
    installation.shell('bash', [
      '-c',
      `docker exec ${name} sh -c '${here.backup}' >all.tar && ${there.restore} <all.tar`,
    ]);
    assert.equal((await installation.json('/api/v1/flows/from-the-service')).id, 'from-the-service');
  });

  await step('and another one back', async () => {
    await installation.json('/api/v1/flows', { method: 'POST', body: make('from-containers') });
    installation.shell('bash', [
      '-c',
      `${there.backup} >all.tar && docker exec -i ${name} sh -c '${here.restore}' <all.tar`,
    ]);
    terminal.type('curl -sf http://localhost:8080/api/v1/flows/from-containers', { says: /from-containers/ });
  });
};
