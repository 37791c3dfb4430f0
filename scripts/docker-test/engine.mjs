import { spawnSync } from 'node:child_process';

const minuteMs = 60_000;

/** Runs a program and answers with what it printed; throws with that where it fails, or takes longer than it may. */
export const run = (command, args, { cwd, env, input, withinMs = 5 * minuteMs } = {}) => {
  const result = spawnSync(command, args, {
    cwd,
    env: { ...process.env, DOCKER_BUILDKIT: '1', ...env },
    input: input ?? '',
    timeout: withinMs,
    maxBuffer: 256 * 1024 ** 2,
    encoding: 'utf8',
  });
  if (result.status === 0) return result.stdout;
  const said = `${result.stdout}\n${result.stderr}`.trim().split('\n').slice(-15).join('\n');
  throw new Error(`"${command} ${args.join(' ')}" ${result.error?.message ?? `ended with ${result.status}`}:\n${said}`);
};

export const docker = (...args) => run('docker', args).trim();

/** What `docker inspect` knows of a container or an image. */
export const inspect = (name) => JSON.parse(docker('inspect', name))[0];

/** Both streams of a container's log. */
export const logsOf = (container) => {
  const { stdout, stderr } = spawnSync('docker', ['logs', container], { encoding: 'utf8', maxBuffer: 256 * 1024 ** 2 });
  return `${stdout}${stderr}`;
};

/** Undefined where there is an engine with Compose to test with. */
export const whyNoEngine = () => {
  try {
    docker('info', '--format', '{{.ServerVersion}}');
    docker('compose', 'version');
    return undefined;
  } catch (thrown) {
    return `there is no Docker Engine with Compose here (${thrown.message.split('\n').at(-1)})`;
  }
};

/** Undefined where all these images are there or can be pulled. */
export const obtain = (names) => {
  for (const name of names) {
    try {
      docker('image', 'inspect', name);
    } catch {
      try {
        run('docker', ['pull', '-q', name], { withinMs: 10 * minuteMs });
      } catch (thrown) {
        return `the image ${name} cannot be had (${thrown.message.split('\n').at(-1)})`;
      }
    }
  }
  return undefined;
};
