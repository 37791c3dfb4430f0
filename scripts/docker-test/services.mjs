import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from '../setup/root.mjs';
import { docker, obtain, run } from './engine.mjs';
import { handOver } from './observability.mjs';
import { eventually, note, step } from './steps.mjs';
import { imageOf } from './tls.mjs';

/** Stands in the place of Grafana, which not every machine can have: these steps are about starting and stopping. */
const standIn = 'semstreams-test:stand-in';

/** `npm run services:…` and `task services:…`, in a checkout, by its own files. */
export const services = async (installation) => {
  const prometheus = imageOf(installation, 'prometheus');
  const missing = obtain([prometheus]);
  if (missing !== undefined) return note(`  skipped: ${missing}`);
  installation.compose('down', '-v');
  const build = 'FROM debian:bookworm-slim\nCMD ["sleep", "infinity"]\n';
  run('docker', ['build', '-q', '-t', standIn, '-'], { input: build });
  const env = {
    ...installation.environment,
    NATS_PASSWORD: installation.password,
    GRAFANA_IMAGE: standIn,
    COMPOSE_FILE: 'docker-compose.yml:docker-compose.override.yml',
  };
  const npm = (name) => run('npm', ['run', '-s', name], { cwd: root, env });
  const running = () =>
    docker('ps', '--filter', `label=com.docker.compose.project=${installation.server}`, '--format', '{{.Names}}')
      .split('\n')
      .filter((name) => name !== '')
      .map((name) => name.replace(`${installation.server}-`, '').replace(/-1$/, ''))
      .sort();
  const both = [installation.server, 'nats'].sort();

  await step('services:start starts both', async () => {
    npm('services:start');
    assert.deepEqual(running(), both);
    await installation.healthy();
  });

  handOver(installation, prometheus);
  await step('services:start:observability starts Prometheus and Grafana, and the target is up', async () => {
    npm('services:start:observability');
    assert.deepEqual(running(), [...both, 'grafana', 'prometheus'].sort());
    await eventually(async () => {
      const answer = await fetch(`http://127.0.0.1:${installation.ports.prometheus}/api/v1/targets`);
      const { activeTargets } = (await answer.json()).data;
      return activeTargets[0]?.health === 'up';
    });
  });

  await step('services:stop:observability stops those, and SemStreams goes on', async () => {
    npm('services:stop:observability');
    assert.deepEqual(running(), both);
    await installation.healthy();
  });

  await step('services:stop stops all, and what they keep stays', () => {
    npm('services:stop');
    assert.deepEqual(running(), []);
    docker('volume', 'inspect', `${installation.server}_nats-data`);
  });

  await step('Task knows the same names as npm', () => {
    const { scripts } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
    const names = Object.keys(scripts).filter((name) => name.startsWith('services:'));
    const tasks = [...readFileSync(join(root, 'Taskfile.yml'), 'utf8').matchAll(/^ {2}(\S+):\n.*\n {4}cmd: (.*)$/gm)];
    assert.deepEqual(
      tasks.map(([, name, command]) => [name, command]).sort(),
      names.map((name) => [name, `npm run ${name}`]).sort(),
    );
  });
};
