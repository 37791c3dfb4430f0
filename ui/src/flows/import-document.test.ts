import type { Finding } from '@semstreams/contract';
import { describe, expect, it } from 'vitest';
import { readDocument } from './import-document.ts';

const text = `{
  "name": "Climb",
  "components": [
    { "id": "a",
      "type": "simulater" }
  ]
}`;

const finding = (more: Partial<Finding>): Finding => ({
  severity: 'error',
  code: 'unknown_type',
  place: 'components[0].type',
  sentence: 'there is no such type',
  ...more,
});

const never = () => Promise.reject(new Error('nobody may ask the server about this'));

describe('a text to import', () => {
  it('that is no JSON is broken, with the line', async () =>
    expect(await readDocument('{\n  "name": Climb\n}', never)).toEqual({
      kind: 'broken',
      messages: [
        {
          severity: 'error',
          line: 2,
          place: '',
          sentence: '"Climb" is neither a number, true, false nor null; a text needs double quotes (column 11)',
        },
      ],
    }));

  it('that is no flow is broken, with line and field', async () =>
    expect(
      await readDocument(text, async () => [
        finding({
          code: 'unknown_key',
          place: 'components[0].typ',
          sentence: 'is not known',
          hint: 'did you mean "type"?',
        }),
      ]),
    ).toEqual({
      kind: 'broken',
      messages: [
        { severity: 'error', line: 4, place: 'components[0].typ', sentence: 'is not known: did you mean "type"?' },
      ],
    }));

  it('whose components need work is a draft, with what is to be done', async () =>
    expect(await readDocument(text, async () => [finding({ component: 'a' })])).toEqual({
      kind: 'draft',
      document: JSON.parse(text),
      messages: [{ severity: 'error', line: 5, place: 'components[0].type', sentence: 'there is no such type' }],
    }));
});
