import type { Finding, FlowDocument } from '@semstreams/contract';
import { JsonMistake, parseJson, type PlacedJson } from './parse-json.ts';

/** Something to say about a text that somebody wants to import. */
export interface ImportMessage {
  readonly severity: Finding['severity'];
  readonly line: number;
  /** Path into the document; empty where it is the document as a whole. */
  readonly place: string;
  readonly sentence: string;
}

/** `broken` can never be a flow; a `draft` can be kept, with whatever is still to be put right in it. */
export type Reading =
  | { readonly kind: 'broken'; readonly messages: readonly ImportMessage[] }
  | { readonly kind: 'draft'; readonly document: FlowDocument; readonly messages: readonly ImportMessage[] };

/** What a text is as a flow. `check` asks the server, which alone knows the component types. Nothing is changed by it. */
export const readDocument = async (
  text: string,
  check: (document: unknown) => Promise<readonly Finding[]>,
): Promise<Reading> => {
  const parsed = parse(text);
  if ('severity' in parsed) return { kind: 'broken', messages: [parsed] };
  const findings = await check(parsed.value);
  const messages = findings.map((finding) => messageOf(finding, parsed));
  return findings.some(isAboutShape)
    ? { kind: 'broken', messages }
    : { kind: 'draft', document: parsed.value as FlowDocument, messages };
};

const parse = (text: string): PlacedJson | ImportMessage => {
  try {
    return parseJson(text);
  } catch (thrown) {
    if (!(thrown instanceof JsonMistake)) throw thrown;
    const { line, column } = thrown.place;
    return { severity: 'error', line, place: '', sentence: `${thrown.message} (column ${column})` };
  }
};

const messageOf = ({ severity, place, sentence, hint }: Finding, { lineOf }: PlacedJson): ImportMessage => ({
  severity,
  line: lineOf(place),
  place,
  sentence: hint ? `${sentence}: ${hint}` : sentence,
});

/** What is no flow document at all, in contrast to one whose components still need work. */
const shapeCodes: ReadonlySet<string> = new Set([
  'unknown_key',
  'missing',
  'wrong_type',
  'wrong_value',
  'out_of_range',
]);

const isAboutShape = ({ severity, code, component }: Finding): boolean =>
  severity === 'error' && component === undefined && shapeCodes.has(code);
