import type { TappedMessage } from '@semstreams/contract';
import type { Batch, Message } from '../../engine/message.ts';
import type { Plan } from '../../engine/plan.ts';
import type { RunningFlow } from '../../engine/run-flow.ts';
import { fieldsOf, type FieldsOfMessage, SeenFields } from '../../engine/seen-fields.ts';
import { hideSecrets } from '../../engine/without-secrets.ts';
import type { Looked } from '../agreed/lane-protocol.ts';
import { shownWithout } from './sampler.ts';

/** So many messages of a port are looked at when it begins, and so many are kept: the last ones. */
const mostKept = 20;
/** So many more are looked at each time that `lookAgain` is called, in a flow of few ports. */
const mostAgain = 5;
/** In a flow of many ports they are so many together, and one at least at each: a look costs some microseconds. */
const mostAgainTogether = 100;
/** A larger message counts for several, since it takes as much longer to look at. In bytes. */
const usualSize = 16 * 1024;
/** The kept ones take no more than this together, in characters. */
const mostCharacters = 64 * 1024;

interface Shown {
  readonly message: TappedMessage;
  readonly fields: FieldsOfMessage;
}

/** Keeps some of the messages of one port for whoever comes and looks later, and what fields they had. */
const recentMessages = (show: (message: Message) => Shown, again: number) => {
  const fields = new SeenFields();
  let [left, lookedAt, characters] = [mostKept, 0, 0];
  const kept: TappedMessage[] = [];
  return {
    look(batch: Batch): void {
      for (let at = 0; at < batch.length && left > 0; at += 1) {
        const message = batch[at]!;
        left -= Math.max(1, message.size / usualSize);
        const shown = show(message);
        lookedAt += 1;
        kept.push(shown.message);
        characters += sizeOf(shown.message);
        fields.add(shown.fields);
      }
      while (kept.length > 1 && (kept.length > mostKept || characters > mostCharacters))
        characters -= sizeOf(kept.shift()!);
    },
    lookAgain: (): void => void (left = Math.max(left, Math.min(left + again, again))),
    messages: (): readonly TappedMessage[] => kept,
    seen: (): Looked['connections'][number] => ({ lookedAt, isCut: fields.isCut, fields: fields.tell() }),
  };
};

const sizeOf = ({ payload, headers }: TappedMessage): number =>
  payload.length + Object.values(headers).reduce((sum, text) => sum + text.length, 0);

export type RecentMessages = ReturnType<typeof recentMessages>;

/** What is to be told of a message. One that comes by at many ports is read once, and its text is kept once. */
const shownOnce = (secrets: readonly string[]): ((message: Message) => Shown) => {
  const [show, mask] = [shownWithout(secrets), hideSecrets(secrets)];
  const known = new WeakMap<Message, Shown>();
  return (message) => {
    let shown = known.get(message);
    if (!shown) {
      shown = { message: show(message), fields: fieldsOf(message, mask) };
      known.set(message, shown);
    }
    return shown;
  };
};

/**
 * Looks at all connections of a flow from now on, a little: the first messages of each, then as many as it is asked for.
 * Connections that begin at the same port carry the same messages, and are one.
 *
 * @returns what came by, of each connection by its index
 */
export const watchAll = (
  flow: Pick<RunningFlow, 'watch'>,
  connections: readonly Pick<Plan['connections'][number], 'index' | 'from' | 'fromPort'>[],
  secrets: readonly string[],
): readonly RecentMessages[] => {
  const show = shownOnce(secrets);
  const ports = connections.map(({ from, fromPort }) => `${from}.${fromPort}`);
  const again = Math.min(mostAgain, Math.max(1, Math.floor(mostAgainTogether / new Set(ports).size)));
  const ofPorts = new Map<string, RecentMessages>();
  return connections.map(({ index }, at) => {
    const known = ofPorts.get(ports[at]!);
    if (known) return known;
    const recent = recentMessages(show, again);
    ofPorts.set(ports[at]!, recent);
    flow.watch(index, (batch) => {
      try {
        recent.look(batch);
      } catch {
        // what cannot be shown goes on all the same
      }
    });
    return recent;
  });
};
