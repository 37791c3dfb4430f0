import { dial } from '../../../component-kit/network/dial.ts';
import { readTlsFiles } from '../../../component-kit/network/tls-files.ts';
import { implementProbe } from '../../../engine/component.ts';
import { tcpOutputDefinition } from './tcp-output.definition.ts';

export const probe = implementProbe(tcpOutputDefinition, async ({ config, signal }) => {
  const { address: host, port, timeout: withinMs } = config;
  const tls = config.tls ? readTlsFiles(config) : undefined;
  try {
    const socket = await dial({ host, port, tls, withinMs, signal });
    socket.destroy();
    return `Somebody is there at ${host}:${port}`;
  } catch (cause) {
    throw new Error(`${host}:${port}: ${(cause as Error).message}`, { cause });
  }
});
