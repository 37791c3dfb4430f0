import type { TappedMessage } from '@semstreams/contract';
import type { Batch } from '../../engine/message.ts';
import type { RunningFlow } from '../../engine/run-flow.ts';
import { type Hide, hideSecrets } from '../../engine/without-secrets.ts';
import type { Looked } from '../agreed/lane-protocol.ts';
import { shownWithout } from './sampler.ts';
import { SeenFields } from './seen-fields.ts';

/** So many messages of a connection are looked at when it begins, and so many are kept: the last ones. */
const mostKept = 20;
/** So many more are looked at each time that `lookAgain` is called. */
const mostAgain = 5;
/** A larger message counts for several, since it takes as much longer to look at. In bytes. */
const usualSize = 16 * 1024;
/** The kept ones take no more than this together, in characters. */
const mostCharacters = 64 * 1024;

/** Keeps some of the messages of one connection for whoever comes and looks later, and what fields they had. */
const recentMessages = (show: ReturnType<typeof shownWithout>, mask: Hide) => {
  const fields = new SeenFields(mask);
  let [left, lookedAt, characters] = [mostKept, 0, 0];
  const kept: TappedMessage[] = [];
  return {
    look(batch: Batch): void {
      for (let at = 0; at < batch.length && left > 0; at += 1) {
        const message = batch[at]!;
        left -= Math.max(1, message.size / usualSize);
        const shown = show(message);
        lookedAt += 1;
        kept.push(shown);
        characters += sizeOf(shown);
        fields.add(message);
      }
      while (kept.length > 1 && (kept.length > mostKept || characters > mostCharacters))
        characters -= sizeOf(kept.shift()!);
    },
    lookAgain: (): void => void (left = Math.max(left, Math.min(left + mostAgain, mostAgain))),
    messages: (): readonly TappedMessage[] => kept,
    seen: (): Looked['connections'][number] => ({ lookedAt, isCut: fields.isCut, fields: fields.tell() }),
  };
};

const sizeOf = ({ payload, headers }: TappedMessage): number =>
  payload.length + Object.values(headers).reduce((sum, text) => sum + text.length, 0);

export type RecentMessages = ReturnType<typeof recentMessages>;

/** Looks at all connections of a flow from now on, a little: the first messages of each, then as many as it is asked for. */
export const watchAll = (
  flow: Pick<RunningFlow, 'watch'>,
  connections: number,
  secrets: readonly string[],
): readonly RecentMessages[] => {
  const [show, mask] = [shownWithout(secrets), hideSecrets(secrets)];
  return Array.from({ length: connections }, (_, connection) => {
    const recent = recentMessages(show, mask);
    flow.watch(connection, (batch) => {
      try {
        recent.look(batch);
      } catch {
        // what cannot be shown goes on all the same
      }
    });
    return recent;
  });
};
