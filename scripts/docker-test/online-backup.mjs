import assert from 'node:assert/strict';
import { readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { docker } from './engine.mjs';
import { deployFlow, runningFlow } from './flow.mjs';
import { step } from './steps.mjs';

const later = { id: 'made-later', components: [{ id: 'a', type: 'simulator_input' }] };

/** Backup and restore while everything runs: by command, by REST, with a passphrase; and the doctor, who asks for them. */
export const onlineBackup = async (installation) => {
  await deployFlow(installation);
  const file = (name) => join(installation.folder, name);
  const bash = (script) => installation.shell('bash', ['-c', `set -o pipefail; ${script}`]);
  const semstreams = (words) => `docker compose exec -T semstreams semstreams ${words}`;
  const hasLater = async () => (await installation.ask('/api/v1/flows/made-later')).status === 200;
  const makeLater = () => installation.json('/api/v1/flows', { method: 'POST', body: later });

  await step('the doctor misses a backup before there is one, and nothing else than TLS', () => {
    const report = JSON.parse(bash(semstreams('doctor --json')));
    assert.equal(report.failed, 0);
    const warned = report.checks.filter(({ state }) => state === 'warning').map(({ id }) => id);
    assert.deepEqual(warned.sort(), ['backups', 'tls']);
    for (const { id, state, hint } of report.checks) assert.equal(state === 'passed', hint === undefined, id);
  });

  await step('he says so to people, and is content afterwards', () => {
    assert.match(bash(semstreams('doctor')), /warning {2}Backups +there is none\n +→ run "semstreams backup"/);
    bash(semstreams('backup --keep 7'));
    assert.match(bash(semstreams('doctor')), /passed {3}Backups /);
  });

  await step('he ends with 1 where something failed, such as a server that is not there', () => {
    const alone = `docker compose run --rm -T --no-deps semstreams doctor --json`;
    assert.equal(bash(`${alone} >doctor.json; echo $?`).trim(), '1');
    const failed = JSON.parse(readFileSync(file('doctor.json'), 'utf8')).checks.filter(
      ({ state }) => state === 'failed',
    );
    assert.ok(failed.some(({ id }) => id === 'health'));
  });

  await step('"--keep" leaves the newest', async () => {
    const count = () => Number(docker('exec', installation.server, 'sh', '-c', 'ls /data/backups | wc -l'));
    bash(semstreams('backup'));
    await new Promise((resolve) => setTimeout(resolve, 1100)); // names carry the second
    bash(semstreams('backup --keep 1'));
    assert.equal(count(), 1);
  });

  await step('a backup goes out by standard output, and back by standard input', async () => {
    bash(`${semstreams('backup -o -')} >today.tar`);
    assert.match(bash('tar -tf today.tar'), /^manifest\.json$/m);
    await makeLater();
    assert.match(bash(`${semstreams('restore --preview -')} <today.tar`), /1 would be removed|1 removed/);
    assert.ok(await hasLater());
    bash(`${semstreams('restore -')} <today.tar`);
    assert.ok(!(await hasLater()));
    await runningFlow(installation);
  });

  await step('the same by REST', async () => {
    const url = `http://127.0.0.1:${installation.ports.http}/api/v1`;
    bash(`curl -sf -o rest.tar ${url}/backup`);
    await makeLater();
    const send = `curl -s -w '%{http_code}' -H 'content-type: application/x-tar' --data-binary`;
    assert.match(bash(`${send} @rest.tar '${url}/restore?preview=true'`), /made-later.*200$/s);
    assert.ok(await hasLater());
    assert.match(bash(`${send} @rest.tar ${url}/restore`), /undo_with.*200$/s);
    assert.ok(!(await hasLater()));
  });

  await step('with a passphrase nobody reads it, and nobody opens it without', async () => {
    docker('exec', installation.server, 'sh', '-c', 'umask 077; echo correct horse battery >/data/passphrase');
    bash(`${semstreams('backup --passphrase-file /data/passphrase -o -')} >today.sealed`);
    assert.ok(!readFileSync(file('today.sealed'), 'latin1').includes('docker-test'));
    assert.throws(() => bash(`${semstreams('restore --preview -')} <today.sealed`), /passphrase/);
    bash(`${semstreams('restore --preview --passphrase-file /data/passphrase -')} <today.sealed`);
  });

  await step('one that is cut, changed or of a newer version is refused, and nothing is touched', async () => {
    const whole = readFileSync(file('today.tar'));
    const text = whole.toString('latin1');
    const changed = text.replace('docker-test', 'docker-tesT');
    const newer = text.replace('"format": 1', '"format": 9');
    assert.ok(changed !== text && newer !== text);
    await makeLater();
    for (const [name, bytes, says] of [
      ['cut.tar', whole.subarray(0, Math.floor(statSync(file('today.tar')).size / 2)), /cut|damaged|whole/],
      ['changed.tar', Buffer.from(changed, 'latin1'), /damaged|changed|checksum/],
      ['newer.tar', Buffer.from(newer, 'latin1'), /newer SemStreams/],
    ]) {
      writeFileSync(file(name), bytes);
      assert.throws(() => bash(`${semstreams('restore -')} <${name}`), says, name);
    }
    assert.ok(await hasLater());
    await runningFlow(installation);
  });

  await step('after "down -v" it brings flow and version to a new installation', async () => {
    const { version } = await runningFlow(installation);
    installation.compose('down', '-v');
    installation.compose('up', '-d', '--wait');
    bash(`${semstreams('restore -')} <today.tar`);
    assert.equal((await runningFlow(installation)).version, version);
  });
};
