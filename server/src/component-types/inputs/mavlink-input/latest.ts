import type { Message } from '../../../engine/message.ts';

const intervalMs = 1000;
/** So many different messages of different vehicles may wait for the next second; more would be an attack. */
const mostKeys = 10_000;

/** Keeps the latest message of each key and passes them on once a second. */
export const latestPerSecond = (options: {
  readonly pass: (message: Message) => void;
  readonly superseded: () => void;
}): { take(key: string, message: Message): void; end(): void } => {
  const latest = new Map<string, Message>();
  const passAll = (): void => {
    for (const message of latest.values()) options.pass(message);
    latest.clear();
  };
  const timer = setInterval(passAll, intervalMs);
  return {
    take(key, message) {
      if (latest.has(key)) options.superseded();
      else if (latest.size >= mostKeys) return options.superseded();
      latest.set(key, message);
    },
    end() {
      clearInterval(timer);
      passAll();
    },
  };
};
