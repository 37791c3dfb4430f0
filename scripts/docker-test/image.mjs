import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { root } from '../setup/root.mjs';
import { docker, inspect, logsOf, run } from './engine.mjs';
import { eventually, note, step } from './steps.mjs';

export const images = {
  /** What an installation is made of; without these there is nothing to test. */
  bases: ['node:26-bookworm-slim', 'debian:bookworm-slim', 'nats:2.12-alpine'],
  present: 'semstreams-test:v1.0.0',
  next: 'semstreams-test:v1.1.0',
};

/** Of all that is in the images, so that they can be built again to the last byte. */
export const sourceDate = '1700000000';

const commit = execFileSync('git', ['rev-parse', 'HEAD'], { cwd: root, encoding: 'utf8' }).trim();
/** Given to the build as Compose wants it, and nowhere to be found afterwards. */
const secret = 'not-to-be-found-in-any-image';
const work = mkdtempSync(join(tmpdir(), 'semstreams-build-'));
/** Some engines give builds a network of their own that leads nowhere; the files of users leave that to the engine. */
const network = join(work, 'network.yml');
writeFileSync(network, 'services: { semstreams: { build: { network: host } } }\n');
process.on('exit', () => rmSync(work, { recursive: true, force: true }));

/** Builds through the Compose files of a checkout. */
const build = (tag, version, ...options) =>
  run('docker', ['compose', '--progress', 'plain', 'build', ...options, 'semstreams'], {
    cwd: root,
    withinMs: 30 * 60_000,
    env: {
      COMPOSE_FILE: ['docker-compose.yml', 'docker-compose.override.yml', network].join(':'),
      COMPOSE_PROJECT_NAME: 'semstreams-test-build',
      NATS_PASSWORD: secret,
      SEMSTREAMS_IMAGE: tag,
      VERSION: version,
      COMMIT: commit,
      SOURCE_DATE_EPOCH: sourceDate,
    },
  });

/** Both versions; without them no other chapter can run, so a failure ends the suite. */
export const buildImages = async () => {
  note(`building ${images.present}`);
  build(images.present, 'v1.0.0', ...(process.env.DOCKER_TEST_CACHED ? [] : ['--no-cache']));
  note(`building ${images.next}`);
  build(images.next, 'v1.1.0');
};

const inImage = (...args) => docker('run', '--rm', '--network', 'none', ...args);

/** The image by itself: what is in it, and what is not. */
export const image = async () => {
  const { Config, RootFS, Size } = inspect(images.present);

  await step('runs as nobody in particular, on one port, and checks its own health', () => {
    assert.deepEqual(
      [Config.User, Object.keys(Config.ExposedPorts), Config.Entrypoint, Config.Healthcheck.Test],
      ['1000:1000', ['8080/tcp'], ['semstreams'], ['CMD', 'semstreams', 'health']],
    );
  });

  await step('says which version and commit it is', () => {
    const said = inImage(images.present, '--version');
    assert.ok(said.includes('v1.0.0') && said.includes(commit.slice(0, 7)), said);
    assert.equal(Config.Labels['org.opencontainers.image.version'], 'v1.0.0');
    assert.equal(Config.Labels['org.opencontainers.image.revision'], commit);
  });

  await step('adds little to its base', () => {
    const own = Size - inspect('debian:bookworm-slim').Size;
    assert.ok(own < 175e6, `${own} bytes: with the 75 MB of a slim Debian that is above 250 MB`);
    return `${Math.round(own / 1e6)} MB`;
  });

  const bill = JSON.parse(inImage('--entrypoint', 'cat', images.present, '/usr/share/semstreams/sbom.cdx.json'));
  const inBill = new Set(bill.components.map(({ name }) => name));
  await step('has its bill of materials, without what is there to build and test', () => {
    assert.equal(bill.bomFormat, 'CycloneDX');
    assert.deepEqual(
      ['node', 'fastify', 'react', 'vitest', 'vite'].filter((name) => inBill.has(name)),
      ['node', 'fastify', 'react'],
    );
    return `${inBill.size} components`;
  });

  await step('holds no package that its bill does not name, and none to build with', () => {
    const list = 'cd /app/node_modules && ls -d [!@]* @*/*';
    const packages = inImage('--entrypoint', 'sh', images.present, '-c', list).split('\n');
    assert.ok(packages.includes('fastify') && packages.includes('@nats-io/jetstream'));
    assert.deepEqual(
      packages.filter((name) => !inBill.has(name)),
      [],
    );
  });

  await step('can be built again to the last byte', () => {
    const again = 'semstreams-test:again';
    build(again, 'v1.0.0', ...(process.env.DOCKER_TEST_CACHED ? [] : ['--no-cache']));
    const layers = inspect(again).RootFS.Layers;
    docker('rmi', '-f', again);
    assert.deepEqual(layers, RootFS.Layers);
  });

  await step('keeps no secret of its build', () => {
    const known = JSON.stringify(inspect(images.present)) + docker('history', '--no-trunc', images.present);
    assert.ok(!known.includes(secret));
  });

  await step('without a NATS says what is missing', async () => {
    const id = docker('run', '-d', '--read-only', '--tmpfs', '/data:uid=1000', images.present);
    try {
      await eventually(() => /nats\.url.*SEMSTREAMS_NATS_URL/.test(logsOf(id)), 20_000);
    } finally {
      docker('rm', '-f', id);
    }
  });

  await step('refuses a wrong setting in one line', () => {
    assert.throws(
      () => inImage('-e', 'SEMSTREAMS_LOG_LEVEL=inof', images.present),
      /SEMSTREAMS_LOG_LEVEL: .*did you mean "info"/,
    );
  });
};
