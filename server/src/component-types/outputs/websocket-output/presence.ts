import { exactly, roughly, whenBack, worthSayingMs } from '../../../component-kit/link/behind.ts';
import type { NamedReceiver } from './named-receivers.ts';

/** Who is there and who is not, for people. */
export const presence = (given: {
  readonly nameless: number;
  readonly named: readonly NamedReceiver[];
  readonly hasHadReceivers: boolean;
  /** Whether something is held for the next one without a name. */
  readonly isHolding: boolean;
}): { readonly state: 'running' | 'waiting'; readonly sentence: string } => {
  const { nameless, named, hasHadReceivers, isHolding } = given;
  const away = named.filter(({ isThere }) => !isThere);
  const count = nameless + named.length - away.length;
  const [first, ...more] = away;
  // a first receiver may take its time: nothing is wrong until one that was there is gone
  if (isHolding && hasHadReceivers && nameless + named.length === 0)
    return { state: 'waiting', sentence: 'nobody is connected' };
  const isHad = hasHadReceivers || named.length > 0;
  const present =
    count > 0 ? `${count} receiver${count === 1 ? '' : 's'}` : isHad ? 'Nobody is connected' : 'No receiver yet';
  if (!first) return { state: 'running', sentence: `${present}${catchingUp(named)}` };
  const others = more.length > 0 ? `, and ${more.length} more` : '';
  const sentence = `${present}; "${first.name}" is away${others}: ${first.waiting} messages wait for it, forgotten in ${roughly(first.forgottenInMs ?? 0)}`;
  return { state: away.some(({ waiting }) => waiting > 0) ? 'waiting' : 'running', sentence };
};

/** Which of those that are there is furthest behind, and when it will be back. */
const catchingUp = (named: readonly NamedReceiver[]): string => {
  const behind = named.filter(({ isThere, behindMs }) => isThere && behindMs >= worthSayingMs);
  const [first, ...more] = behind.toSorted((one, other) => other.behindMs - one.behindMs);
  if (!first) return '';
  const { name, behindMs, backInMs } = first;
  const others = more.length > 0 ? `, and ${more.length} more` : '';
  return `; "${name}" is ${exactly(behindMs)} behind${others}, ${whenBack(backInMs)}`;
};
