import { z } from 'zod';
import { readHeaders } from './headers.ts';
import { NoAnswer, type NatsLine } from './nats-line.ts';
import type { NatsMessage } from './protocol-reader.ts';

/** JetStream refuses something. `code` is one of https://github.com/nats-io/nats-server/blob/main/server/errors.json */
export class Refused extends Error {
  override readonly name = 'Refused';

  constructor(
    readonly code: number,
    sentence: string,
  ) {
    super(sentence);
  }
}

export const noStream = 10_059;
export const noConsumer = 10_014;

const ApiError = z.object({ err_code: z.number().default(0), description: z.string().default('it refuses') });
const Answer = z.object({ error: ApiError.optional() });

/** Status of an answer of the server itself to what nobody listens to. */
const noResponders = 503;

/** Whether a message says that nobody takes what was sent. */
export const saysNobody = ({ head, payload }: Pick<NatsMessage, 'head' | 'payload'>): boolean =>
  head !== undefined && payload.length === 0 && readHeaders(head).status === noResponders;

/** What JetStream answers, as JSON of a known shape. Throws a Refused, or a NoAnswer where JetStream is not there. */
export const readAnswer = <Shape extends z.ZodType>(message: NatsMessage, shape: Shape): z.output<Shape> => {
  if (saysNobody(message))
    throw new NoAnswer('JetStream does not answer there: switch it on for this account, or name its "domain"');
  let json: unknown;
  try {
    json = JSON.parse(message.payload.toString());
  } catch (cause) {
    throw new NoAnswer('what JetStream answers is no JSON', { cause });
  }
  const { error } = Answer.parse(json);
  if (error) throw new Refused(error.err_code, wordsOf(error));
  const answer = shape.safeParse(json);
  if (answer.success) return answer.data;
  throw new NoAnswer('what JetStream answers is not what it should be', { cause: answer.error });
};

/** Asks the API of JetStream. */
export const askJetStream = async <Shape extends z.ZodType>(
  line: NatsLine,
  question: { readonly domain: string; readonly api: string; readonly body: object; readonly shape: Shape },
): Promise<z.output<Shape>> => {
  const { domain, api, body, shape } = question;
  return readAnswer(await line.ask(apiSubject(domain, api), JSON.stringify(body)), shape);
};

/** The subject of a question to the API. */
export const apiSubject = (domain: string, api: string): string =>
  domain === '' ? `$JS.API.${api}` : `$JS.${domain}.API.${api}`;

const wordsOf = ({ err_code: code, description }: z.output<typeof ApiError>): string =>
  known[code] ?? `it says "${description.slice(0, 300)}"`;

const full = 'the stream has no room left: raise its limits at the server, or let it discard what is old';
const known: Readonly<Record<number, string>> = {
  10_002: 'it has no storage left for that',
  10_023: 'it has no storage left for that',
  10_026: 'the account may have no more consumers',
  10_039: 'the account may not use JetStream: switch it on for this account',
  10_047: 'it has no storage left for that',
  10_077: full,
  10_054: 'it is larger than the stream takes: raise its "max_msg_size"',
  10_059: 'there is no stream of that name: make it at the server, by "nats stream add" for instance',
  10_076: 'JetStream is not switched on there: add "jetstream {}" to its configuration',
};

const Names = z.object({ streams: z.array(z.string()).nullish() });

/** The stream in which a subject is kept. Rejects with a Refused where there is none, or several. */
export const streamOf = async (line: NatsLine, domain: string, subject: string): Promise<string> => {
  const { streams } = await askJetStream(line, { domain, api: 'STREAM.NAMES', body: { subject }, shape: Names });
  const names = streams ?? [];
  if (names.length === 1) return names[0]!;
  if (names.length === 0)
    throw new Refused(
      noStream,
      `no stream there keeps "${subject}": make one at the server, by "nats stream add" for instance`,
    );
  throw new Refused(
    0,
    `several streams keep "${subject}": name one of them in "stream": ${names.slice(0, 5).join(', ')}`,
  );
};
