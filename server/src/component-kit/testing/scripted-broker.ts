import { once } from 'node:events';
import { createServer, type Socket } from 'node:net';
import { generate, type Packet, parser } from 'mqtt-packet';

/** A broker that does exactly what a test tells it, in the version that each client speaks: for tests. */
export interface ScriptedBroker {
  readonly url: string;
  /** All packets that came, in order. */
  readonly got: Packet[];
  /** How often somebody has connected. */
  readonly lines: () => number;
  /** Sends to the client that connected last. */
  send(packet: Packet): void;
  /** Publishes to that client, with QoS 0. */
  publish(topic: string, payload: Uint8Array): void;
  /** Sends bytes that need not be MQTT. */
  write(bytes: Uint8Array): void;
  /** Hangs up in order. */
  cut(): void;
  /** The line breaks, as networks do it. */
  break(): void;
  /** Reads nothing more of that client. */
  stopReading(): void;
  /** How many are connected. */
  readonly open: () => number;
  end(): Promise<void>;
}

/** What is answered to a packet; nothing where a list is empty. */
export type Script = (packet: Packet, line: number) => readonly Packet[];

/** Lets everybody in, grants everything, and acknowledges everything. */
export const obliging: Script = (packet) => {
  const { messageId = 0 } = packet;
  switch (packet.cmd) {
    case 'connect':
      return [{ cmd: 'connack', sessionPresent: false, reasonCode: 0, returnCode: 0 }];
    case 'subscribe':
      return [{ cmd: 'suback', messageId, granted: packet.subscriptions.map(({ qos }) => qos) }];
    case 'publish':
      if (packet.qos === 0) return [];
      return [{ cmd: packet.qos === 1 ? 'puback' : 'pubrec', messageId, reasonCode: 0 }];
    case 'pubrel':
      return [{ cmd: 'pubcomp', messageId, reasonCode: 0 }];
    case 'pingreq':
      return [{ cmd: 'pingresp' }];
    default:
      return [];
  }
};

export const startScriptedBroker = async (script: Script = obliging): Promise<ScriptedBroker> => {
  const got: Packet[] = [];
  const sockets = new Set<Socket>();
  let last: Socket | undefined;
  let [lines, version] = [0, 5];
  const write = (packet: Packet): void =>
    void (last?.writable && last.write(generate(packet, { protocolVersion: version })));
  const server = createServer((socket) => {
    last = socket;
    sockets.add(socket);
    const line = (lines += 1);
    const settings: { protocolVersion?: number } = {};
    const read = parser(settings);
    socket.on('data', (chunk) => read.parse(chunk));
    socket.on('error', () => undefined);
    socket.once('close', () => sockets.delete(socket));
    read.on('error', () => socket.destroy());
    read.on('packet', (packet) => {
      if (packet.cmd === 'connect') version = settings.protocolVersion = packet.protocolVersion ?? 4;
      got.push(packet);
      for (const answer of script(packet, line)) write(answer);
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `mqtt://127.0.0.1:${(server.address() as { port: number }).port}`,
    got,
    lines: () => lines,
    send: write,
    publish: (topic, payload) =>
      write({ cmd: 'publish', topic, payload: Buffer.from(payload), qos: 0, dup: false, retain: false }),
    write: (bytes) => void last?.write(bytes),
    cut: () => void last?.destroy(),
    break: () => void last?.resetAndDestroy(),
    stopReading: () => void last?.pause(),
    open: () => sockets.size,
    end: async () => {
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
};

/** A message of a broker. */
export const publish = (messageId: number, payload: string | Buffer, more: object = {}): Packet => ({
  ...{ cmd: 'publish', topic: 'a/b', qos: 1, dup: false, retain: false, payload, messageId },
  ...more,
});

/** What came of one kind. */
export const cmds = ({ got }: ScriptedBroker, cmd: string): Packet[] => got.filter((packet) => packet.cmd === cmd);

/** The numbers of what came of one kind. */
export const ids = (given: ScriptedBroker, cmd: string): (number | undefined)[] =>
  cmds(given, cmd).map(({ messageId }) => messageId);
