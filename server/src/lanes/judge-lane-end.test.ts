import { expect, it } from 'vitest';
import { judge, type Judged, type Verdict } from './judge-lane-end.ts';

const open = (run: number): Judged => ({ run, isOpen: true });
const opening = (run: number): Judged => ({ run, isOpen: false });
const one = { company: 'one' };
const two = { company: 'two' };

it.each<[string, readonly Judged[], number | undefined, readonly Verdict[]]>([
  ['the only one', [open(1)], undefined, ['culprit']],
  ['one that was open', [open(1), open(2), opening(3)], 1, ['culprit', 'innocent', 'innocent']],
  ['one that opened', [opening(1), open(2), opening(3), opening(4)], 1, ['culprit', 'innocent', one, two]],
  ['nobody knows, all were open', [open(1), open(2), open(3)], undefined, [one, two, one]],
  ['nobody knows, some opened', [open(1), opening(2), opening(3)], undefined, ['innocent', one, two]],
  ['one that is gone', [open(1), opening(2)], 7, ['innocent', 'innocent']],
])('of a lane that was brought down, %s', (_, runs, run, expected) => {
  const companies = ['one', 'two'];
  expect(judge(runs, { cause: 'stalled', run }, () => companies.shift()!)).toEqual(expected);
});

it('blames nobody for a lane that was ended because of one that does not stop', () => {
  expect(judge([open(1), opening(2)], { cause: 'unresponsive', run: 1 }, () => 'none')).toEqual([
    'innocent',
    'innocent',
  ]);
});

/** Rounds of stalls until all flows are open, and how often one that is well went down with others. */
const openAll = (count: number, isCulprit: (run: number) => boolean) => {
  let rounds = 0;
  let lanes = [Array.from({ length: count }, (_, run) => run)];
  const downs = new Array<number>(count).fill(0);
  while (lanes.length > 0) {
    rounds += 1;
    lanes = lanes.flatMap((runs) => {
      const culprit = runs.findIndex(isCulprit);
      if (culprit < 0) return [];
      for (const run of runs) downs[run]! += 1;
      const judged = runs.map((run, index) => (index < culprit ? open(run) : opening(run)));
      const next = { one: [] as number[], two: [] as number[] };
      const names = ['one', 'two'] as const;
      let name = 0;
      const verdicts = judge(judged, { cause: 'stalled', run: runs[culprit] }, () => names[name++]!);
      verdicts.forEach((verdict, index) => {
        if (typeof verdict === 'object') next[verdict.company as 'one' | 'two'].push(runs[index]!);
      });
      return [next.one, next.two].filter((company) => company.length > 0);
    });
  }
  return { rounds, mostDowns: Math.max(...downs) };
};

it('finds many that stall as they open in few rounds', () => {
  expect(openAll(8, () => true).rounds).toBeLessThanOrEqual(4);
  expect(openAll(200, (run) => run % 10 === 9).rounds).toBeLessThanOrEqual(7);
  expect(openAll(200, (run) => run % 10 === 9).mostDowns).toBeLessThanOrEqual(6);
});
