import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { HistoryFigure } from '@semstreams/contract';
import { afterEach, expect, it } from 'vitest';
import { seriesName } from './figures.ts';
import type { Row } from './open-block.ts';
import { shortOf } from './short-number.ts';
import { TierFiles } from './tier-files.ts';
import { TierShelf } from './tier-shelf.ts';
import { cellsOfFile, type Tier, tiers } from './tiers.ts';

const folder = mkdtempSync(join(tmpdir(), 'semstreams-history-'));
afterEach(() => rmSync(folder, { recursive: true }));

let seed = 7;
const random = (): number => (seed = (seed * 48_271) % 2_147_483_647) / 2_147_483_647;
/** About normal, with a deviation of one. */
const normal = (): number => (random() + random() + random() - 1.5) / 0.5;
/** The rate that is seen of messages that know nothing of each other. */
const come = (mean: number, seconds: number): number => mean + Math.sqrt(mean / seconds) * normal();

const components = 8;

/** A flow of eight components in which everything moves: one of them rejects, the last one has a buffer before it. */
const flowRow = (flow: number, seconds: number): ReadonlyMap<string, number> => {
  const values = new Map<string, number>();
  const note = (figure: HistoryFigure, name: string, value: number): void =>
    void values.set(seriesName(figure, name), shortOf(value));
  const all = come(50 + flow * 7, seconds);
  const some = come(40 + flow * 6, seconds);
  for (let component = 0; component < components; component += 1) {
    const name = `component-${component}`;
    note('in', name, component <= 4 ? all : some);
    note('out', name, component < 4 ? all : some);
    note('failed', name, random() < 0.01 ? 0.1 : 0);
    note('dropped', name, 0);
  }
  const waiting = Math.round(random() * 40);
  const far: readonly (readonly [HistoryFigure, number])[] = [
    ['waiting', waiting],
    ['waiting_bytes', waiting * 1300 + Math.round(random() * 500)],
    ['oldest_waiting', random() * 0.2],
    ['latency_p50', 2 + normal() / Math.sqrt(seconds)],
    ['latency_p95', 5 + (2 * normal()) / Math.sqrt(seconds)],
    ['latency_p99', 9 + (3 * normal()) / Math.sqrt(seconds)],
  ];
  // there is one output, so they are those of the flow too
  for (const name of ['', 'component-7']) for (const [figure, value] of far) note(figure, name, value);
  note('in', '', all);
  note('out', '', some);
  note('rejected', 'component-4', all - some);
  note('rejected', '', all - some);
  note('dead_letters', '', 3);
  note('running', '', 100);
  note('cpu', '', 4 + random());
  note('memory', '', 9e7 + 1e6 * random());
  return values;
};

/** Bytes of all files of a tier, by what a full one of them takes. */
const bytesOf = async (tier: Tier): Promise<number> => {
  const place = join(folder, tier.name);
  const disk = { mayGrow: () => true, onFailure: (thrown: unknown) => expect.unreachable(String(thrown)) };
  const shelf = new TierShelf(tier, new TierFiles(place, Infinity), disk);
  for (let cell = 0; cell <= cellsOfFile; cell += 1) {
    const rows = Array.from({ length: 50 }, (_, flow) => [`flow-${flow}`, flowRow(flow, tier.cellMs / 1000)] as const);
    shelf.add(cell, new Map(rows) satisfies Row);
  }
  await shelf.settled();
  const files = Math.ceil(tier.keptMs / tier.cellMs / cellsOfFile) + 1;
  return statSync(join(place, '0.history')).size * files;
};

it('a year of 50 flows of 8 components in which everything moves fits into each share of 64 MB', async () => {
  for (const tier of tiers) expect(await bytesOf(tier), tier.name).toBeLessThan(tier.share * 64 * 1024 ** 2);
}, 120_000);
