import { type Check, failed, passed, warning } from '../check.ts';

/** Oldest backup that is recent: one a day, and one may have failed. */
const recentMs = 49 * 3_600_000;
const oldestNode = [20, 19] as const;
const oldestNats = [2, 10] as const;

const isAtLeast = (version: string, [major, minor]: readonly [number, number]): boolean => {
  const [, theirMajor = 0, theirMinor = 0] = (/(\d+)\.(\d+)/.exec(version) ?? []).map(Number);
  return theirMajor > major || (theirMajor === major && theirMinor >= minor);
};

/** How the running server is. */
export const running: readonly Check[] = [
  {
    id: 'health',
    title: 'Health',
    run: ({ health }) => {
      if (!health) return failed('the server does not answer', 'start it, and look into its log');
      const said = [health.status, ...health.sentences].join('; ');
      if (health.status === 'healthy') return passed(said);
      const hint = 'see docs/troubleshooting.md';
      return health.status === 'degraded' ? warning(said, hint) : failed(said, hint);
    },
  },
  {
    id: 'nats',
    title: 'NATS',
    run: ({ system }) => {
      if (!system) return failed('not known, since the server does not answer', 'start it');
      const { state, sentence, server_version } = system.nats;
      if (state === 'disconnected') return failed(sentence ?? 'not connected', 'see docs/troubleshooting.md');
      if (server_version !== undefined && !isAtLeast(server_version, oldestNats))
        return failed(`${server_version} is too old`, `take ${oldestNats.join('.')} or newer`);
      return passed(`connected, version ${server_version ?? 'unknown'}`);
    },
  },
  {
    id: 'versions',
    title: 'Versions',
    run: ({ system }) => {
      if (!system) return failed('not known, since the server does not answer', 'start it');
      const said = `SemStreams ${system.version}, Node ${system.node_version}`;
      return isAtLeast(system.node_version, oldestNode)
        ? passed(said)
        : failed(said, `take Node ${oldestNode.join('.')} or newer`);
    },
  },
  {
    id: 'clock',
    title: 'Clock',
    run: ({ now, builtAt }) =>
      builtAt && now < builtAt
        ? failed(`it says ${now.toISOString()}, and this was built later`, 'set the clock, for example by NTP')
        : passed(now.toISOString()),
  },
  {
    id: 'backups',
    title: 'Backups',
    run: ({ lastBackup, now }) => {
      if (!lastBackup) return warning('there is none', 'run "semstreams backup" every day, see docs/operations.md');
      const said = `the last one is of ${lastBackup.toISOString()}`;
      return now.getTime() - lastBackup.getTime() <= recentMs
        ? passed(said)
        : warning(said, 'see whether the daily backup still runs');
    },
  },
];
