import { type Check, failed, passed, warning } from '../check.ts';

const isLoopback = (host: string): boolean => /^(127\.|localhost$|::1$)/.test(host);

/** Who can reach it, and what it can reach. */
export const security: readonly Check[] = [
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
