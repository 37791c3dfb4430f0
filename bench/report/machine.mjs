import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { cpus, release, totalmem } from 'node:os';
import { join } from 'node:path';
import { loadIsCompiled } from '../measure/load.mjs';
import { loadOfMachine } from '../measure/usage.mjs';
import { versions } from '../setup.mjs';
import { root } from '../../scripts/setup/root.mjs';

/** On what a figure was measured, and when. */
export const machine = () => ({
  at: new Date().toISOString(),
  processor: cpus()[0]?.model.trim() ?? '',
  cores: cpus().length,
  memoryGb: Math.round(totalmem() / 1024 ** 3),
  kernel: release(),
  load: loadOfMachine(),
  sendersIn: loadIsCompiled() ? 'C' : 'Node',
  versions: { ...versions, 'nats-server': natsVersion(), commit: commit() },
});

const natsVersion = () => {
  const own = join(root, '.tools', 'nats-server');
  return quietly(existsSync(own) ? own : 'nats-server', ['--version']).replace(/^nats-server: v/, '');
};

const commit = () => {
  const head = quietly('git', ['-C', root, 'rev-parse', '--short', 'HEAD']);
  return head === '' ? JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')).version : head;
};

const quietly = (command, args) => {
  try {
    return execFileSync(command, args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }).trim();
  } catch {
    return '';
  }
};
