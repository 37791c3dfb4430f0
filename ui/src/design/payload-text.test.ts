import { expect, it } from 'vitest';
import { payloadText } from './payload-text.ts';

const base64 = (text: string) => ({ base64: Buffer.from(text).toString('base64') });

it.each([
  [{ height: 3 }, '{"height":3}'],
  ['high', '"high"'],
  [null, 'null'],
  [base64('not json\n'), 'not json\n'],
  [base64('Höhe'), 'Höhe'],
  [base64('a\u0000b'), `{"base64":"YQBi"}`],
  [{ base64: '/f8=' }, '{"base64":"/f8="}'],
  [{ base64: '***' }, '{"base64":"***"}'],
  [{ base64: 'YQ==', more: 1 }, '{"base64":"YQ==","more":1}'],
  [{ base64: 1 }, '{"base64":1}'],
])('%j is shown as %j', (payload, text) => expect(payloadText(payload)).toBe(text));
