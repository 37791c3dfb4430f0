import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { expect, it } from 'vitest';
import { claim } from './one-writer.ts';

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
