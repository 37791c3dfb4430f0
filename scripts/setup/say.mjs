import { spawn } from 'node:child_process';

/** What went wrong, in one sentence for the person at the terminal. */
export class SetupError extends Error {}

export const say = (sentence) => console.log(`· ${sentence}`);

/** Runs a command quietly; rejects with its last lines when it fails. */
export const run = (command, args, options = {}) =>
  new Promise((resolve, reject) => {
    const child = spawn(command, args, { stdio: ['ignore', 'pipe', 'pipe'], ...options });
    let output = '';
    const keep = (chunk) => (output = (output + chunk).slice(-4000));
    child.stdout.on('data', keep);
    child.stderr.on('data', keep);
    child.on('error', (error) => reject(new SetupError(`"${command}" cannot be run: ${error.message}`)));
    child.on('close', (code) =>
      code === 0 ? resolve(output) : reject(new SetupError(`"${command} ${args.join(' ')}" failed:\n${output.trim()}`)),
    );
  });

/** Ends the process with one sentence where the setup went wrong. */
export const orExplain = async (work) => {
  try {
    await work();
  } catch (thrown) {
    if (!(thrown instanceof SetupError)) throw thrown;
    console.error(thrown.message);
    process.exit(1);
  }
};
