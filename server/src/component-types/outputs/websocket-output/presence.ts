import type { NamedReceiver } from './named-receivers.ts';

/** Who is there and who is not, for people. */
export const presence = (given: {
  readonly nameless: number;
  readonly named: readonly NamedReceiver[];
  readonly hasHadReceivers: boolean;
}): { readonly state: 'running' | 'waiting'; readonly sentence: string } => {
  const { nameless, named, hasHadReceivers } = given;
  const away = named.filter(({ isThere }) => !isThere);
  const count = nameless + named.length - away.length;
  const [first, ...more] = away;
  const isHad = hasHadReceivers || named.length > 0;
  const present =
    count > 0 ? `${count} receiver${count === 1 ? '' : 's'}` : isHad ? 'Nobody is connected' : 'No receiver yet';
  if (!first) return { state: 'running', sentence: present };
  const others = more.length > 0 ? `, and ${more.length} more` : '';
  const sentence = `${present}; "${first.name}" is away${others}: ${first.waiting} messages wait for it, forgotten in ${spanOf(first.forgottenInMs ?? 0)}`;
  return { state: away.some(({ waiting }) => waiting > 0) ? 'waiting' : 'running', sentence };
};

const units = [
  [86_400_000, 'd'],
  [3_600_000, 'h'],
  [60_000, 'min'],
] as const;

/** A span in its largest unit. */
const spanOf = (ms: number): string => {
  const unit = units.find(([size]) => ms >= size);
  return unit ? `${Math.round(ms / unit[0])} ${unit[1]}` : `${Math.ceil(ms / 1000)} s`;
};
