import type { FarSide } from '@semstreams/contract';
import { inWords, roughly } from '../../../component-kit/link/behind.ts';
import type { NamedReceiver } from './named-receivers.ts';
import type { PlainReceiver } from './receivers.ts';

/** How many receivers of each kind the facts name. */
const mostNamed = 20;

/** All who receive, for those who look at links: at first those with a name. */
export const farSidesOf = (named: readonly NamedReceiver[], plain: readonly PlainReceiver[]): readonly FarSide[] => [
  ...named.slice(0, mostNamed).map(ofNamed),
  ...plain.slice(0, mostNamed).map(ofPlain),
];

const ofNamed = (receiver: NamedReceiver): FarSide => {
  const { name, product, isThere, sinceMs, waiting, waitingBytes, behindMs, backInMs, delayMs, missed } = receiver;
  return {
    ...{ name, speaks: 'link', is_there: isThere },
    ...(product !== undefined && { product }),
    since: new Date(sinceMs).toISOString(),
    sentence: isThere ? inWords(receiver) : whileAway(receiver),
    ...{ waiting, waiting_bytes: waitingBytes, missed },
    ...(behindMs > 0 && { behind_s: Math.round(behindMs / 1000) }),
    ...(backInMs !== undefined && { back_in_s: Math.ceil(backInMs / 1000) }),
    ...(delayMs !== undefined && { delay_ms: delayMs }),
    ...(!isThere && { forgotten_in_s: Math.round(receiver.forgottenInMs! / 1000) }),
  };
};

const whileAway = ({ waiting, forgottenInMs }: NamedReceiver): string =>
  `away, ${waiting} messages wait for it, forgotten in ${roughly(forgottenInMs ?? 0)}`;

const ofPlain = ({ address, sinceMs, waitingBytes, missed }: PlainReceiver): FarSide => ({
  ...{ name: address, speaks: 'plain', is_there: true },
  since: new Date(sinceMs).toISOString(),
  sentence:
    missed > 0
      ? `missed ${missed} messages: it has no place of its own`
      : 'gets what comes while it is there and keeps up',
  ...{ waiting_bytes: waitingBytes, missed },
});
