import type { NatsConnection } from '@nats-io/transport-node';

/** The connection to NATS was lost before there was an answer, so none will come. */
export class LineLost extends Error {
  override readonly name = 'LineLost';
}

interface Line {
  isLost: boolean;
  /** What is under way: each is called when the connection is lost. */
  readonly waiting: Set<(reason: LineLost) => void>;
}
const lines = new WeakMap<NatsConnection, Line>();

/** Asks NATS; rejects at once where the connection is lost, instead of waiting for an answer that never comes. */
export const whileConnected = async <Answer>(nats: NatsConnection, ask: () => Promise<Answer>): Promise<Answer> => {
  const line = lines.get(nats) ?? follow(nats);
  if (line.isLost) throw lost();
  return new Promise((resolve, reject) => {
    line.waiting.add(reject);
    ask()
      .then(resolve, reject)
      .finally(() => line.waiting.delete(reject));
  });
};

const lost = () => new LineLost('the connection to NATS is lost');

const follow = (nats: NatsConnection): Line => {
  const line: Line = { isLost: false, waiting: new Set() };
  lines.set(nats, line);
  void (async () => {
    for await (const { type } of nats.status()) {
      if (type === 'reconnect') line.isLost = false;
      if (type !== 'disconnect') continue;
      line.isLost = true;
      for (const reject of line.waiting) reject(lost());
    }
  })();
  return line;
};
