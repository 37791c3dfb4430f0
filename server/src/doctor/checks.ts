import { settingEntries } from '../config/settings.schema.ts';
import { type Check, failed, passed, warning } from './check.ts';

const megabytes = (bytes: number): string => `${Math.round(bytes / 1024 ** 2)} MB`;
const isLoopback = (host: string): boolean => /^(127\.|localhost$|::1$)/.test(host);
/** Oldest backup that is recent: one a day, and one may have failed. */
const recentMs = 49 * 3_600_000;
const oldestNode = [20, 19] as const;
const oldestNats = [2, 10] as const;

const isAtLeast = (version: string, [major, minor]: readonly [number, number]): boolean => {
  const [, theirMajor = 0, theirMinor = 0] = (/(\d+)\.(\d+)/.exec(version) ?? []).map(Number);
  return theirMajor > major || (theirMajor === major && theirMinor >= minor);
};

const configuration: readonly Check[] = [
  {
    id: 'settings',
    title: 'Settings',
    // wrong ones have ended the command before, with the line that names them
    run: ({ settings: { files } }) =>
      passed(files.length > 0 ? `read from ${files.join(', ')}` : 'all from the environment'),
  },
  {
    id: 'secrets',
    title: 'Secrets',
    run: ({ settings: { origins } }) => {
      const written = settingEntries().filter(
        ({ path, isSecret }) => isSecret && origins.get(path.join('.')) === 'file',
      );
      if (written.length === 0) return passed('no secret stands in the settings file');
      const names = written.map(({ path }) => `"${path.join('.')}"`).join(', ');
      return failed(
        `${names} stands in the settings file`,
        `pass it by ${written[0]!.variable}, by ${written[0]!.variable}_FILE, or as a Docker secret`,
      );
    },
  },
  {
    id: 'log_level',
    title: 'Log level',
    run: ({ settings }) =>
      settings.values.log_level === 'debug'
        ? warning('everything is logged', 'set "log_level" to "info" or "warn"')
        : passed(`"${settings.values.log_level}"`),
  },
  {
    id: 'metrics',
    title: 'Metrics',
    run: ({ settings, hasMetrics, health }) => {
      const { enabled, path } = settings.values.metrics;
      if (!enabled) return warning('metrics are switched off', 'set "metrics.enabled" to true');
      if (!health) return failed('the server does not answer, so there are none', 'start it');
      return hasMetrics
        ? passed(`served at ${path}`)
        : failed(`${path} is not answered`, 'restart the server, and look into its log');
    },
  },
];

const resources: readonly Check[] = [
  {
    id: 'memory_limit',
    title: 'Memory limit',
    run: ({ process }) =>
      process.memoryLimit === undefined
        ? warning('there is none', 'set one: "deploy.resources.limits.memory" in Compose, "MemoryMax" in systemd')
        : passed(megabytes(process.memoryLimit)),
  },
  {
    id: 'cpu_limit',
    title: 'CPU limit',
    run: ({ process }) =>
      process.cpuLimit === undefined
        ? warning('there is none', 'set one: "deploy.resources.limits.cpus" in Compose, "CPUQuota" in systemd')
        : passed(`${process.cpuLimit} cores`),
  },
  {
    id: 'storage_limit',
    title: 'Storage limit of NATS',
    run: ({ fileStoreLimit }) =>
      fileStoreLimit === undefined
        ? warning('it cannot be seen from here', 'set "max_file_store" in the jetstream part of the NATS configuration')
        : passed(megabytes(fileStoreLimit)),
  },
  {
    id: 'disk',
    title: 'Disk',
    run: ({ disk, settings }) => {
      if (!disk) return warning('the data folder cannot be looked at from here', 'run this as the user of the server');
      const { warn_at, stop_at } = settings.values.disk;
      const said = `${disk.usedPercent} % used, ${megabytes(disk.freeBytes)} free`;
      if (disk.usedPercent >= stop_at) return failed(said, 'free some space: buffers do not grow any more');
      return disk.usedPercent >= warn_at ? warning(said, 'free some space') : passed(said);
    },
  },
];

const security: readonly Check[] = [
  {
    id: 'tls',
    title: 'TLS',
    run: ({ settings: { values } }) => {
      if (values.tls.enabled) return passed('ui, REST and live data are encrypted');
      if (isLoopback(values.host)) return passed('not needed: the server listens on this machine alone');
      return warning(
        `${values.host}:${values.port} is served in the clear`,
        'see docs/tls.md, or keep the port internal',
      );
    },
  },
  {
    id: 'user',
    title: 'User',
    run: ({ process }) => {
      if (process.user === undefined) return warning('it cannot be seen from here', 'run this where the server runs');
      return process.user === 0
        ? failed('the server runs as root', 'run it as a user of its own: the image and the systemd unit do')
        : passed(`the server runs as user ${process.user}`);
    },
  },
  {
    id: 'root_file_system',
    title: 'Root file system',
    run: ({ process }) => {
      if (!process.isInContainer) return passed('not in a container');
      return process.isRootReadOnly
        ? passed('read-only')
        : warning('the container can change itself', 'set "read_only: true" with "tmpfs: [/tmp]"');
    },
  },
  {
    id: 'nats_access',
    title: 'Access to NATS',
    run: ({ door, settings }) => {
      const where = settings.values.nats.url === '' ? 'the own nats-server' : settings.values.nats.url;
      if (door === 'open')
        return failed(`${where} lets anybody in`, 'switch authentication on, and set "nats.user" and "nats.password"');
      return door === 'guarded'
        ? passed(`${where} asks who one is`)
        : warning(`${where} is not reached from here`, 'run this where the server runs');
    },
  },
  {
    id: 'nats_published',
    title: 'Network of NATS',
    run: ({ isNatsPublished, settings }) => {
      if (settings.values.nats.url === '') return passed('the own nats-server listens on this machine alone');
      if (isNatsPublished === undefined) return passed('not to be seen from here: the firewall of its host decides');
      return isNatsPublished
        ? warning(
            'its port is open at the host of this container',
            'publish no port of NATS, keep it in an internal network',
          )
        : passed('its port is not open at the host of this container');
    },
  },
];

const account: readonly Check[] = [
  {
    id: 'nats_rights',
    title: 'Rights at NATS',
    run: ({ account }) => {
      if (!account) return passed('the own nats-server gives them all');
      if (account.problem !== undefined) return failed(account.problem, 'see docs/troubleshooting.md');
      return account.missing.length === 0
        ? passed('the login has all that are needed')
        : failed(account.missing.join('; '), 'see "An account of an external NATS" in docs/configuration.md');
    },
  },
  {
    id: 'nats_holder',
    title: 'Account at NATS',
    run: ({ account, instance }) => {
      if (!account) return passed('the own nats-server is used by this server alone');
      if (account.problem !== undefined || account.missing.length > 0)
        return warning('it cannot be seen who uses the account', 'see the line above');
      if (!account.holder) return passed('nobody uses the account at present');
      return account.holder.instance === instance
        ? passed(`this server: ${account.holder.name}`)
        : failed(
            `another server uses the account: ${account.holder.name}`,
            'give this one an account of its own, or stop the other one, or run "semstreams take-over" and start this one',
          );
    },
  },
];

const running: readonly Check[] = [
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

/** The production checklist, as far as a program can go through it. */
export const checks: readonly Check[] = [...configuration, ...resources, ...security, ...account, ...running];

/** What no program on the device can see. */
export const reminders: readonly string[] = [
  'a firewall lets in the port of SemStreams and those of outputs alone: 4222 and 8222 of NATS stay closed',
  'container logs are rotated',
  'somebody is told when /health is not healthy',
  'a restore was tried',
];
