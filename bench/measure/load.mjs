import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { folders } from '../setup.mjs';
import { endProcess, restCore, spawnOn } from './cores.mjs';

const folder = join(import.meta.dirname, '..', 'load');

/** The compiled program where there is a compiler, the same in Node otherwise. */
const command = (name) => {
  const compiled = join(folders.built, name);
  return existsSync(compiled) ? [compiled, []] : [process.execPath, [join(folder, `${name}.mjs`)]];
};

/** What stands in the name of a result: the load may be the limit where it is made in Node. */
export const loadIsCompiled = () => existsSync(join(folders.built, 'sender'));

let next = 1_000_000_000;

/** A range of numbers for records that were never used before. */
export const takeNumbers = (count) => {
  const first = next;
  next += count;
  return first;
};

/** Four of five records pass the filter: all but those whose number is divisible by five. */
export const passing = (first, count) => count - (Math.floor((first + count - 1) / 5) - Math.floor((first - 1) / 5));

/** Sends records; resolves with how many were sent in how many seconds. */
export const send = async ({ protocol, port, rate, seconds, first }) => {
  const [program, before] = command('sender');
  const child = spawnOn(restCore, program, [...before, protocol, '127.0.0.1', port, rate, seconds, first].map(String), {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let output = '';
  child.stdout.on('data', (chunk) => (output += chunk));
  await new Promise((resolve) => child.once('close', resolve));
  return JSON.parse(output);
};

/** WebSocket clients in a process of their own; see load/receiver.c. */
export const connectReceiver = async ({ port, path, clients = 1, silent = 0 }) => {
  const [program, before] = command('receiver');
  const args = [...before, '127.0.0.1', port, path, clients, silent].map(String);
  const child = spawnOn(restCore, program, args, { stdio: ['pipe', 'pipe', 'inherit'] });
  const waiting = [];
  createInterface({ input: child.stdout }).on('line', (line) => waiting.shift()?.resolve(line));
  child.on('exit', () => waiting.splice(0).forEach(({ reject }) => reject(new Error('the receiver has ended'))));
  const line = () => new Promise((resolve, reject) => waiting.push({ resolve, reject }));
  const ask = async (order) => {
    const answer = line();
    child.stdin.write(`${order}\n`);
    return JSON.parse(await answer);
  };
  await line();
  return {
    begin: (first) => ask(`begin ${first}`),
    report: () => ask('report'),
    /** Resolves with the last report once nothing more has come for a while. */
    async settled(expected, patienceMs = 4000) {
      let last = await ask('report');
      for (let waitedMs = 0; waitedMs < patienceMs && last.distinct < expected;) {
        await new Promise((resolve) => setTimeout(resolve, 100));
        const now = await ask('report');
        waitedMs = now.distinct === last.distinct ? waitedMs + 100 : 0;
        if (waitedMs >= 700) return now;
        last = now;
      }
      return last;
    },
    end: () => endProcess(child, 'SIGKILL'),
  };
};
