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
  if (!first) return { state: 'running', sentence: `${present}${catchingUp(named)}` };
  const others = more.length > 0 ? `, and ${more.length} more` : '';
  const sentence = `${present}; "${first.name}" is away${others}: ${first.waiting} messages wait for it, forgotten in ${spanOf(first.forgottenInMs ?? 0)}`;
  return { state: away.some(({ waiting }) => waiting > 0) ? 'waiting' : 'running', sentence };
};

/** One that is less behind than this is not spoken of, in milliseconds. */
const worthSayingMs = 60_000;

/** Which of those that are there is furthest behind, and when it will be back. */
const catchingUp = (named: readonly NamedReceiver[]): string => {
  const behind = named.filter(({ isThere, behindMs }) => isThere && behindMs >= worthSayingMs);
  const [first, ...more] = behind.toSorted((one, other) => other.behindMs - one.behindMs);
  if (!first) return '';
  const { name, behindMs, backInMs } = first;
  const others = more.length > 0 ? `, and ${more.length} more` : '';
  return `; "${name}" is ${exactly(behindMs)} behind${others}, ${backInMs === undefined ? 'and comes no nearer' : `back in ${about(backInMs)}`}`;
};

const about = (ms: number): string => (ms < 60_000 ? 'less than a minute' : `about ${exactly(ms)}`);

/** A span of a minute or more in its two largest units: "3 h 12 min". */
const exactly = (ms: number): string => {
  const minutes = Math.round(ms / 60_000);
  const [days, hours, rest] = [Math.floor(minutes / 1440), Math.floor((minutes % 1440) / 60), minutes % 60];
  const parts = [
    [days, 'd'],
    [hours, 'h'],
    [rest, 'min'],
  ] as const;
  const from = parts.findIndex(([count]) => count > 0);
  return parts
    .slice(from, from + 2)
    .filter(([count]) => count > 0)
    .map(([count, unit]) => `${count} ${unit}`)
    .join(' ');
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
