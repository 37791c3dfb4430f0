import type { Answer } from '../../../component-kit/http/http-client.ts';
import { decoderOf, noUtf8, textDecoder } from '../../../component-kit/content/decoders.ts';
import { reader } from '../../../engine/field-path.ts';
import { parseJson, whyNoJson } from '../../../engine/json-text.ts';
import type { HttpPollInputConfig } from './http-poll-input.definition.ts';

/** What was answered cannot be used; the sentence says why. */
export class BadAnswer extends Error {
  override readonly name = 'BadAnswer';
}

/** What one page of an answer holds. */
export interface Page {
  /** Payloads, and sentences that say why something is none. */
  readonly records: readonly ({ readonly payload: unknown } | { readonly invalid: string; readonly raw: unknown })[];
  readonly next: URL | undefined;
}

type Settings = Pick<HttpPollInputConfig, 'format' | 'records' | 'next_field' | 'encoding'>;

/** Reads pages by the settings. Throws a BadAnswer where there is nothing that could be records. */
export const pageReader = (settings: Settings): ((answer: Answer, url: URL) => Page) => {
  const textOf = textDecoder(settings.encoding);
  const lines = decoderOf('json_lines', settings.encoding);
  const recordsIn = settings.records === '' ? (value: unknown) => value : reader(settings.records);
  const nextIn = settings.next_field === '' ? undefined : reader(settings.next_field);
  return (answer, url) => {
    const text = textOf(answer.body);
    if (text === undefined) throw new BadAnswer(`the answer ${noUtf8}`);
    if (settings.format === 'text') return { records: [{ payload: { text } }], next: linkIn(answer, url) };
    if (settings.format === 'json_lines') {
      const records = [...lines(answer.body, '')].map((line) =>
        'invalid' in line ? { ...line, raw: text.slice(0, longestRaw) } : { payload: line.payload },
      );
      return { records, next: linkIn(answer, url) };
    }
    const whole = parsed(text);
    const found = recordsIn(whole);
    if (found === undefined) throw new BadAnswer(`the answer has no "${settings.records}"`);
    const records = (Array.isArray(found) ? found : [found]).map((payload: unknown) => ({ payload }));
    return { records, next: nextIn ? addressIn(nextIn(whole), url) : linkIn(answer, url) };
  };
};
const longestRaw = 10_000;

const parsed = (text: string): unknown => {
  try {
    return parseJson(text);
  } catch (thrown) {
    throw new BadAnswer(`the answer is ${whyNoJson(thrown, text)}`, { cause: thrown });
  }
};

/** The address of `Link: <…>; rel="next"`: RFC 8288. */
const linkIn = ({ headers }: Pick<Answer, 'headers'>, url: URL): URL | undefined => {
  const links = [headers['link'] ?? ''].flat().join(', ');
  for (const [, target, parameters] of links.matchAll(/<([^<>]*)>([^<]*)/g))
    if (/;\s*rel\s*=\s*(?:"[^"]*\bnext\b[^"]*"|next\b)/i.test(parameters!)) return addressIn(target, url);
  return undefined;
};

const addressIn = (value: unknown, url: URL): URL | undefined =>
  typeof value === 'string' && value !== '' && URL.canParse(value, url.href) ? new URL(value, url.href) : undefined;
