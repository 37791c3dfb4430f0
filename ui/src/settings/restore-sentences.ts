import type { BucketChanges, RestorePreview } from '@semstreams/contract';
import { formatNumber } from '../design/format.ts';

const mostNames = 5;

/** What a restore changes, in words, the most important first. Without any sentence it changes nothing. */
export const restoreSentences = ({ buckets, buffers }: Pick<RestorePreview, 'buckets' | 'buffers'>): string[] => [
  ...[...buckets].sort((a, b) => rank(a) - rank(b)).flatMap(bucketSentence),
  ...(buffers.length === 0 ? [] : [bufferSentence(buffers)]),
];

/** Whether something that is there now is gone afterwards. */
export const takesAway = ({ buckets, buffers }: Pick<RestorePreview, 'buckets' | 'buffers'>): boolean =>
  buffers.length > 0 || buckets.some(({ removed }) => removed.length > 0);

const order = ['semstreams_flows', 'semstreams_deployments', 'semstreams_versions'];
const rank = ({ bucket }: BucketChanges): number => {
  const place = order.indexOf(bucket);
  return place === -1 ? order.length : place;
};

const bucketSentence = (changes: BucketChanges): string[] => {
  const { bucket, added, changed, removed } = changes;
  if (added.length + changed.length + removed.length === 0) return [];
  switch (bucket) {
    case 'semstreams_flows':
      return [`${changeList(changes, ['flow', 'flows'], named)}.`];
    case 'semstreams_deployments': {
      const flows = [...added, ...changed, ...removed];
      return [
        `For ${counted(flows.length, ['flow', 'flows'])}${named(flows)} it changes whether it runs, or in which version.`,
      ];
    }
    case 'semstreams_versions':
      return [`${changeList(changes, ['version', 'versions'], () => '')}.`];
    default:
      return [`In “${bucket.replace(/^semstreams_/, '')}”, ${changeList(changes, ['entry', 'entries'], () => '')}.`];
  }
};

type Noun = readonly [one: string, many: string];

/** `2 flows are added (a, b), 1 is changed (c), 1 is removed (d)`. */
const changeList = (
  { added, changed, removed }: BucketChanges,
  noun: Noun,
  names: (keys: readonly string[]) => string,
): string =>
  (
    [
      [added, 'added'],
      [changed, 'changed'],
      [removed, 'removed'],
    ] as const
  )
    .filter(([keys]) => keys.length > 0)
    .map(([keys, done], index) => {
      const count = index === 0 ? counted(keys.length, noun) : formatNumber(keys.length);
      return `${count} ${keys.length === 1 ? 'is' : 'are'} ${done}${names(keys)}`;
    })
    .join(', ');

const counted = (count: number, [one, many]: Noun): string => `${formatNumber(count)} ${count === 1 ? one : many}`;

const named = (keys: readonly string[]): string => {
  const rest = keys.length - mostNames;
  return ` (${keys.slice(0, mostNames).join(', ')}${rest > 0 ? ` and ${formatNumber(rest)} more` : ''})`;
};

const bufferSentence = (buffers: RestorePreview['buffers']): string => {
  const messages = buffers.reduce((sum, each) => sum + each.messages, 0);
  const streams = buffers.length === 1 ? 'one place' : `${formatNumber(buffers.length)} places`;
  return `What waits in buffers and the dead letters are replaced in ${streams}, by ${counted(messages, ['message', 'messages'])}; flows stand still meanwhile.`;
};
