import { spawnSync } from 'node:child_process';

const minuteMs = 60_000;
/** How long a command that goes on until it is stopped is looked at, in seconds. */
const lookSeconds = 3;

/**
 * Types commands as a reader of the docs would, one after the other in one shell: `cd` holds. `rewrite` puts names of this
 * machine in the place of those of the page, as pairs of what to look for and what to write; `machine` is the command that
 * reaches another machine, such as `docker exec NAME`.
 */
export class Terminal {
  constructor({ folder, env = {}, rewrite = [], machine = [] }) {
    this.folder = folder;
    this.env = env;
    this.rewrite = rewrite;
    this.machine = machine;
  }

  /** What is really typed in the place of a command. */
  rewritten(command) {
    return this.rewrite.reduce((text, [from, to]) => text.replaceAll(from, to), command);
  }

  /** Answers with all that was said; throws with it where it fails or says something else than is expected. */
  type(command, { says = /^/, mayFail = false, untilStopped = false } = {}) {
    const typed = this.rewritten(command);
    const script = `cd '${this.folder}' && set -o pipefail; ${typed}\ncode=$?; echo; pwd; exit $code`;
    const look = untilStopped ? ['timeout', '-s', 'INT', `${lookSeconds}`] : [];
    const [program, ...args] = [...this.machine, ...look, 'bash', '-c', script];
    const { status, stdout, stderr, error } = spawnSync(program, args, {
      env: { ...process.env, ...this.env },
      input: '',
      encoding: 'utf8',
      timeout: 10 * minuteMs,
      maxBuffer: 64 * 1024 ** 2,
    });
    const said = `${stdout}${stderr}`;
    if (error) throw error;
    if (status !== 0 && !mayFail && !untilStopped) throw new Error(`"${typed}" ended with ${status}:\n${said}`);
    if (!says.test(said)) throw new Error(`"${typed}" did not say ${says}:\n${said}`);
    if (!untilStopped) this.folder = stdout.trimEnd().split('\n').at(-1);
    return said;
  }
}
