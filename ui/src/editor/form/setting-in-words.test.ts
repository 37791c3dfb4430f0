import { expect, it } from 'vitest';
import { parseConfigPath } from '../draft/config-path.ts';
import { settingInWords } from './setting-in-words.ts';

const schema = {
  properties: {
    rules: {
      title: 'Rules',
      type: 'array',
      items: { type: 'object', properties: { operator: { title: 'Is', type: 'string' } } },
    },
    steps: {
      type: 'array',
      items: { oneOf: [{ properties: { do: { const: 'set' }, field: { type: 'string', title: 'Field' } } }] },
    },
    tls: { title: 'Encryption', type: 'object', properties: { ca_file: { type: 'string' } } },
  },
};

it.each([
  ['rules[0].operator', 'Rule 1, Is'],
  ['rules[2]', 'Rule 3'],
  ['steps[1].field', 'Step 2, Field'],
  ['tls.ca_file', 'Encryption, Ca file'],
  ['tls.unknown', 'Encryption'],
  ['nothing', undefined],
])('%s is %s', (place, words) => expect(settingInWords(schema, parseConfigPath(place))).toBe(words));
