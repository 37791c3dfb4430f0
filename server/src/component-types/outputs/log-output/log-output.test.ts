import { expect, it } from 'vitest';
import { rehearse } from '../../../component-kit/testing/rehearsal.ts';
import { stillClock } from '../../../engine/still-clock.ts';
import { logOutput } from './log-output.component.ts';
import { logOutputDefinition } from './log-output.definition.ts';

it.each<[Record<string, unknown>, unknown, string]>([
  [{}, { a: 1 }, 'info: {"a":1}'],
  [
    { text: '{room}: {t.c} °C {{x}} {none}', level: 'warn' },
    { room: 'hall', t: { c: 22.5 } },
    'warn: hall: 22.5 °C {x} ',
  ],
  [{ text: '{a}' }, { a: 'two\nlines\u001b[31m' }, 'info: two lines [31m'],
  [{ text: '{a}' }, { a: [1, { b: 2 }] }, 'info: [1,{"b":2}]'],
  [{ text: '{a}' }, { a: 'x'.repeat(900) }, `info: ${'x'.repeat(500)}…`],
])('%j of %j', async (config, payload, expected) => {
  const output = rehearse(logOutput, config);
  await output.feed([payload]);
  expect(output.logged).toEqual([expected]);
});

it('writes so many in a minute, and counts the others', async () => {
  const clock = stillClock();
  const output = rehearse(logOutput, { text: '{n}', most_per_minute: 3 }, { clock });
  await output.feed([1, 2].map((n) => ({ n })));
  await output.feed([3, 4, 5].map((n) => ({ n })));
  await clock.pass(60_000);
  await output.feed([{ n: 6 }]);
  expect([output.logged, output.drops]).toEqual([['info: 1', 'info: 2', 'info: 3', 'info: 6'], { too_many: 2 }]);
});

it('refuses a text with a path that is none', () => {
  const issues = logOutputDefinition.config.safeParse({ text: '{a..b}' }).error?.issues ?? [];
  expect(issues.map(({ path, message }) => [path, message])).toEqual([
    [['text'], expect.stringMatching(/^"a\.\.b" is no path.*; write \{\{ and \}\} for braces that are text$/)],
  ]);
});
