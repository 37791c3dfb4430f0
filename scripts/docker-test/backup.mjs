import assert from 'node:assert/strict';
import { appendFileSync, existsSync, mkdirSync, readdirSync, readFileSync, utimesSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { docker } from './engine.mjs';
import { deployFlow, runningFlow } from './flow.mjs';
import { step } from './steps.mjs';

const day = 24 * 60 * 60;

/** The cold backup, its retention, and a restore after everything is lost. */
export const backup = async (installation) => {
  const folder = join(dirname(installation.folder), 'backups');
  const taken = () =>
    readdirSync(folder)
      .filter((name) => /^\d{8}-\d{6}$/.test(name))
      .sort();
  const { version } = await deployFlow(installation);

  await step('docker/backup.sh packs both volumes and the settings, and no secret', async () => {
    installation.shell('docker/backup.sh', [folder]);
    const made = join(folder, taken().at(-1));
    assert.deepEqual(readdirSync(made).sort(), [
      'SHA256SUMS',
      'config.json',
      'nats-data.tar.gz',
      'semstreams-data.tar.gz',
    ]);
    const files = docker(
      'run',
      '--rm',
      '-v',
      `${made}:/b:ro`,
      '--entrypoint',
      'tar',
      'debian:bookworm-slim',
      '-tzf',
      '/b/nats-data.tar.gz',
    );
    assert.match(files, /^\.\/jetstream\//m);
    assert.ok(!readFileSync(join(made, 'config.json'), 'utf8').includes(installation.password));
    await runningFlow(installation);
  });

  await step('it keeps seven days, and never touches what is not its own', () => {
    const aged = (name, days) => {
      mkdirSync(join(folder, name), { recursive: true });
      writeFileSync(join(folder, name, 'file'), 'x');
      utimesSync(join(folder, name), Date.now() / 1000 - days * day, Date.now() / 1000 - days * day);
    };
    aged('20200101-020000', 8);
    aged('20200102-020000', 6);
    aged('photographs', 90);
    utimesSync(folder, Date.now() / 1000 - 90 * day, Date.now() / 1000 - 90 * day);
    installation.shell('docker/backup.sh', [folder]);
    assert.deepEqual(
      ['20200101-020000', '20200102-020000', 'photographs'].filter((name) => existsSync(join(folder, name))),
      ['20200102-020000', 'photographs'],
    );
  });

  await step('two at once do not get into each other', () => {
    mkdirSync(join(folder, '.lock'));
    assert.throws(() => installation.shell('docker/backup.sh', [folder]), /another backup .* is under way/);
    installation.shell('rmdir', [join(folder, '.lock')]);
  });

  await step('a damaged one is refused, and nothing is touched', async () => {
    const damaged = join(folder, 'damaged');
    installation.shell('cp', ['-r', join(folder, taken().at(-1)), damaged]);
    appendFileSync(join(damaged, 'nats-data.tar.gz'), 'x');
    assert.throws(() => installation.shell('docker/restore.sh', [damaged]), /is not whole; nothing was touched/);
    await runningFlow(installation);
  });

  await step('after "down -v" docker/restore.sh brings flow, version and data back', async () => {
    const written = () => Number(docker('exec', installation.server, 'sh', '-c', 'wc -l </data/docker-test.ndjson'));
    const before = written();
    const backup = join(folder, taken().at(-1));
    installation.compose('down', '-v');
    writeFileSync(join(installation.folder, 'config.json'), '{}');
    installation.shell('docker/restore.sh', [backup]);
    assert.equal((await runningFlow(installation)).version, version);
    assert.ok(written() > 0 && before > 0);
    assert.equal(docker('exec', installation.nats, 'ls', '/data').trim(), 'jetstream');
    assert.ok(existsSync(join(installation.folder, 'config.json')));
    await installation.healthy();
  });

  await step('a restore over a present installation packs that first', async () => {
    await installation.json('/api/v1/flows', {
      method: 'POST',
      body: { id: 'made-later', components: [{ id: 'a', type: 'simulator_input' }] },
    });
    installation.shell('docker/restore.sh', [join(folder, taken().at(-1))]);
    assert.equal((await installation.ask('/api/v1/flows/made-later')).status, 404);
    const kept = join(folder, 'before-restore');
    installation.shell('docker/restore.sh', [
      join(
        kept,
        readdirSync(kept).find((name) => /^\d/.test(name)),
      ),
    ]);
    assert.equal((await installation.ask('/api/v1/flows/made-later')).status, 200);
  });
};
