import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { afterEach, expect, it } from 'vitest';
import { fileOutput } from './outputs/file-output/file-output.component.ts';
import { jsonFilter } from './processors/json-filter/json-filter.component.ts';
import { jsonMap } from './processors/json-map/json-map.component.ts';
import { rehearse } from '../component-kit/testing/rehearsal.ts';
import { simulatorInput } from './inputs/simulator-input/simulator-input.component.ts';

/** Nothing that a flow or a message says may reach into the language itself. */
const dangerous = ['__proto__', 'constructor', 'prototype'];
const key = fc.oneof(fc.constantFrom(...dangerous, 'toString', 'a', 'b', '0'), fc.string({ maxLength: 5 }));
const path = fc
  .array(key, { minLength: 1, maxLength: 4 })
  .map((keys) =>
    keys
      .map((each, index) => (/^[^.[\]"]+$/.test(each) ? `${index ? '.' : ''}${each}` : `[${JSON.stringify(each)}]`))
      .join(''),
  );
/** JSON as it comes over the line, with names that mean something to the language. */
const payload = fc
  .letrec((tie) => ({
    value: fc.oneof({ depthSize: 'small' }, fc.integer(), fc.string(), fc.array(tie('value')), tie('object')),
    object: fc.array(fc.tuple(key, tie('value')), { maxLength: 4 }),
  }))
  .value.map((value) => JSON.parse(asJson(value)) as unknown);

const asJson = (value: unknown): string => {
  if (!Array.isArray(value)) return JSON.stringify(value);
  const isObject =
    value.length > 0 && value.every((each) => Array.isArray(each) && typeof each[0] === 'string' && each.length === 2);
  return isObject
    ? `{${value.map(([name, inner]: [string, unknown]) => `${JSON.stringify(name)}:${asJson(inner)}`).join(',')}}`
    : `[${value.map(asJson).join(',')}]`;
};

const namesOf = (object: object) => Object.getOwnPropertyNames(object).sort();
const before = [Object.prototype, Array.prototype, Function.prototype, Object].map(namesOf);
afterEach(() => expect([Object.prototype, Array.prototype, Function.prototype, Object].map(namesOf)).toEqual(before));

/** What a run of it does is of no matter here: only what it leaves behind is. */
const runs = async (definition: typeof jsonMap, config: unknown, payloads: readonly unknown[]): Promise<void> => {
  if (!definition.config.safeParse(config).success) return;
  const tested = rehearse(definition, config);
  await tested.open();
  for (const each of payloads) await tested.feed([each]).catch(() => undefined);
  await tested.close();
};

it('changes nothing of the language by any mapping of any message', async () => {
  await fc.assert(
    fc.asyncProperty(path, path, fc.array(payload, { maxLength: 3 }), async (from, to, payloads) => {
      for (const config of [
        { mappings: { [from]: to } },
        { mappings: [{ source_field: from, target_field: to }] },
        { add_fields: { [from]: { polluted: true } }, remove_fields: [to] },
        { steps: [{ do: 'set', field: from, value: { polluted: true } }] },
        {
          steps: [
            { do: 'copy', from, to },
            { do: 'rename', from: to, to: from },
          ],
        },
        {
          steps: [
            { do: 'remove', field: from },
            { do: 'template', field: to, text: `{${from}}` },
          ],
        },
        {
          steps: [
            { do: 'convert', field: from, into: 'string' },
            { do: 'scale', field: to },
          ],
        },
      ])
        await runs(jsonMap, config, payloads);
      await runs(jsonFilter, { rules: [{ field: from, operator: 'exists' }] }, payloads);
      expect(({} as Record<string, unknown>)['polluted']).toBeUndefined();
    }),
    { numRuns: 200 },
  );
});

const places: Readonly<Record<string, readonly [typeof jsonMap, (field: string) => unknown]>> = {
  'a rule of a filter': [jsonFilter, (field) => ({ rules: [{ field, operator: 'exists' }] })],
  'an old name': [jsonMap, (field) => ({ mappings: { [field]: 'a' } })],
  'a new name': [jsonMap, (field) => ({ mappings: { a: field } })],
  'an added field': [jsonMap, (field) => ({ add_fields: { [field]: 1 } })],
  'a removed field': [jsonMap, (field) => ({ remove_fields: [field] })],
  'a step of a map': [jsonMap, (field) => ({ steps: [{ do: 'set', field, value: 1 }] })],
  'a template': [jsonMap, (field) => ({ steps: [{ do: 'template', field: 'a', text: `{${field}}` }] })],
  'a simulated field': [simulatorInput, (field) => ({ fields: [{ kind: 'counter', field }] })],
};
it.each(Object.keys(places))('refuses a path into the language as %s', (place) => {
  const [definition, configOf] = places[place]!;
  for (const name of dangerous)
    for (const field of [`a.${name}`, `${name}.x`, `["${name}"]`, `a["${name}"].b`]) {
      const problem = definition.config.safeParse(configOf(field)).error?.issues[0];
      expect(JSON.stringify(problem), field).toContain('may not stand in a path');
    }
});

it('writes columns that are called like parts of the language as what they are', async () => {
  const output = rehearse(fileOutput, { path: 'log.csv', format: 'csv' });
  await output.open();
  await output.feed([JSON.parse('{"__proto__": 1, "constructor": 2}'), { toString: 1 }]);
  await output.close();
  expect(readFileSync(`${output.dataDir}/log.csv`, 'utf8')).toBe('__proto__,constructor,toString\n1,2,\n,,1\n');
});
