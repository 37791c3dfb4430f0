import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { expect, it } from 'vitest';
import { claim, claimTogether } from './one-writer.ts';

const writer = { flow: 'a', component: 'out' };

it('names who has a file, until it is free', async () => {
  const name = `test ${Math.random()}`;
  const free = await claim(name, writer, 'x.ndjson');
  await expect(claim(name, writer, 'x.ndjson')).rejects.toThrow(
    '"x.ndjson" is written by "out" of the flow "a" already',
  );
  await free();
  await (
    await claim(name, writer, 'x.ndjson')
  )();
});

it('is had by several who see to each other, and by none of them beside one who has it alone', async () => {
  const name = `test ${Math.random()}`;
  const together = [await claimTogether(name, writer, 'x.db'), await claimTogether(name, writer, 'x.db')];
  const refused = '"x.db" is written by "out" of the flow "a" already';
  await together[0]!();
  await expect(claim(name, writer, 'x.db')).rejects.toThrow(refused);
  await together[1]!();
  const free = await claim(name, writer, 'x.db');
  await expect(claimTogether(name, writer, 'x.db')).rejects.toThrow(refused);
  await free();
  await (
    await claimTogether(name, writer, 'x.db')
  )();
});

it('names the process where the one who has it is frozen, and how to end that, and takes it when that has ended', async () => {
  const name = `test ${Math.random()}`;
  const address = `\\0semstreams/writer/${createHash('sha256').update(name).digest('base64url')}`;
  const script = `require('net').createServer().listen('${address}', () => console.log('has it'))`;
  const frozen = spawn(process.execPath, ['-e', script], { stdio: ['ignore', 'pipe', 'inherit'] });
  await once(frozen.stdout, 'data');
  frozen.kill('SIGSTOP');
  await expect(claim(name, writer, 'x.ndjson')).rejects.toThrow(
    `"x.ndjson" is written by the process ${frozen.pid}, which does not answer: let it go on ("kill -CONT ${frozen.pid}") or end it`,
  );
  frozen.kill('SIGKILL');
  await once(frozen, 'exit');
  await (
    await claim(name, writer, 'x.ndjson')
  )();
});
