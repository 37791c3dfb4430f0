import { spawn } from 'node:child_process';

/** How long a command may take to end after Ctrl+C, in milliseconds. */
const patienceMs = 2000;
const running = new Set();

/** A command that did not end well; `message` is the line of its output that says why. */
export class CommandFailed extends Error {
  constructor(message, output) {
    super(message);
    this.output = output;
  }
}

/** Runs a command quietly and resolves with its output. Rejects with CommandFailed. */
export const run = async (command, args, options = {}) => {
  let output = '';
  const keep = (chunk) => (output = (output + chunk).slice(-20_000));
  const code = await runWith(command, args, { stdio: ['ignore', 'pipe', 'pipe'], ...options }, (child) => {
    child.stdout.on('data', keep);
    child.stderr.on('data', keep);
  });
  if (code !== 0) throw new CommandFailed(`${command}: ${reasonIn(output) ?? `ended with code ${code}`}`, output);
  return output;
};

/** Runs a command that talks to the person itself. Resolves with its exit code. */
export const runLoudly = (command, args, options = {}) =>
  runWith(command, args, { stdio: ['ignore', 'inherit', 'inherit'], ...options });

/** Each command has a process group of its own, so that it ends whole: with its children, and by us alone. */
const runWith = (command, args, options, attach = () => undefined) =>
  new Promise((resolve, reject) => {
    if (interruption.happened) return reject(new CommandFailed('interrupted', ''));
    const child = spawn(command, args, { detached: true, ...options });
    running.add(child);
    attach(child);
    child.on('error', (error) => {
      running.delete(child);
      reject(new CommandFailed(`"${command}" cannot be run: ${error.message}`, ''));
    });
    child.on('close', (code) => {
      running.delete(child);
      if (interruption.happened) reject(new CommandFailed('interrupted', ''));
      else resolve(code ?? 1);
    });
  });

/** The line that names the cause among what package tools say; undefined where there was no output. */
const reasonIn = (output) => {
  const lines = output.split('\n').map((line) => line.trim());
  const said = lines.filter((line) => line !== '');
  const cause = said.find((line) => /^(E:|npm error (?!code |errno |syscall |A complete log))/.test(line));
  return cause ?? said.at(-1);
};

const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'];

/** Ctrl+C and its siblings while commands run: all of them are ended, and what waits for them fails. */
export const interruption = {
  happened: false,

  async during(work) {
    const end = () => {
      interruption.happened = true;
      signalAll('SIGTERM');
      setTimeout(() => signalAll('SIGKILL'), patienceMs).unref();
    };
    for (const signal of signals) process.on(signal, end);
    try {
      return await work();
    } finally {
      for (const signal of signals) process.off(signal, end);
    }
  },
};

const signalAll = (signal) => {
  for (const { pid } of running) {
    try {
      process.kill(-pid, signal);
    } catch {
      // it is gone already
    }
  }
};
