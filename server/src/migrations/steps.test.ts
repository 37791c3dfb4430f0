import { expect, it } from 'vitest';
import { EntriesInMemory } from './entries-in-memory.ts';
import { broughtUpToDate, type Entries, type Step } from './steps.ts';

const bytes = (value: unknown) => Buffer.from(JSON.stringify(value));
const parsed = (value: Uint8Array) => JSON.parse(Buffer.from(value).toString()) as Record<string, unknown>;

/** What flows might have looked like before there were versions: `title` is `name` now, and a bucket went. */
const before = () =>
  new EntriesInMemory(
    new Map([
      ['semstreams_flows', [{ key: 'a', value: bytes({ id: 'a', title: 'First' }) }]],
      ['semstreams_notes', [{ key: 'a', value: bytes('of a') }]],
    ]),
  );
const invented: readonly Step[] = [
  {
    title: 'flows have a name',
    run: async (data: Entries) => {
      for (const { key, value } of await data.entries('semstreams_flows')) {
        const { title, ...flow } = parsed(value);
        if (title !== undefined) await data.put('semstreams_flows', key, bytes({ ...flow, name: title }));
      }
    },
  },
  { title: 'notes are gone', run: async (data: Entries) => data.remove('semstreams_notes', 'a') },
];
const shown = (data: EntriesInMemory) =>
  [...data.all()].map(([bucket, entries]) => [bucket, entries.map(({ value }) => parsed(value))]);

it.each([
  [0, ['flows have a name', 'notes are gone'], { id: 'a', name: 'First' }, []],
  [1, ['notes are gone'], { id: 'a', title: 'First' }, []],
  [2, [], { id: 'a', title: 'First' }, ['of a']],
])('brings data of version %d up to date, with the steps it has not seen', async (from, titles, flow, notes) => {
  const data = before();
  const told: string[] = [];
  await broughtUpToDate(data, from, { taken: invented, tell: ({ title }) => told.push(title) });
  expect(told).toEqual(titles);
  expect(shown(data)).toEqual([
    ['semstreams_flows', [flow]],
    ['semstreams_notes', notes],
  ]);
});

it('comes to the same when it broke off and begins anew', async () => {
  const data = before();
  await broughtUpToDate(data, 0, { taken: invented });
  const once = shown(data);
  await broughtUpToDate(data, 0, { taken: invented });
  expect(shown(data)).toEqual(once);
});
