import { spawnSync } from 'node:child_process';

const minuteMs = 60_000;
/** How long a command that goes on until it is stopped is looked at, in seconds: longer where it said nothing yet. */
const looks = [3, 10, 40];

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
    if (untilStopped) return this.#look(typed, says);
    const { status, stdout, said } = this.#run(`${typed}\ncode=$?; echo; pwd; exit $code`);
    if (status !== 0 && !mayFail) throw new Error(`"${typed}" ended with ${status}:\n${said}`);
    if (!says.test(said)) throw new Error(`"${typed}" did not say ${says}:\n${said}`);
    this.folder = stdout.trimEnd().split('\n').at(-1);
    return said;
  }

  #look(typed, says) {
    let said = '';
    for (const seconds of looks) {
      ({ said } = this.#run(typed, ['timeout', '-s', 'INT', `${seconds}`]));
      if (says.test(said)) return said;
    }
    throw new Error(`"${typed}" did not say ${says}:\n${said}`);
  }

  #run(script, before = []) {
    const whole = `cd '${this.folder}' && set -o pipefail; ${script}`;
    const [program, ...args] = [...this.machine, ...before, 'bash', '-c', whole];
    const { status, stdout, stderr, error } = spawnSync(program, args, {
      env: { ...process.env, ...this.env },
      input: '',
      encoding: 'utf8',
      timeout: 10 * minuteMs,
      maxBuffer: 64 * 1024 ** 2,
    });
    if (error) throw error;
    return { status, stdout, said: `${stdout}${stderr}` };
  }
}
