import type { OutgoingHttpHeaders } from 'node:http';
import { askHeaders } from '../../../component-kit/http/ask-settings.ts';
import type { Answer, HttpClient } from '../../../component-kit/http/http-client.ts';
import { saidBy } from '../../../component-kit/http/statuses.ts';
import { retryAfterMs } from '../../../component-kit/link/reasons.ts';
import type { HttpPollInputConfig } from './http-poll-input.definition.ts';
import { BadAnswer, type Page, pageReader } from './page.ts';
import type { Remembered } from './remembered.ts';

/** The server did not answer as it was asked; `afterMs` is how long it wants to be left alone. */
export class Unanswered extends Error {
  override readonly name = 'Unanswered';

  constructor(
    sentence: string,
    readonly afterMs: number,
  ) {
    super(sentence);
  }
}

/**
 * Asks once, and hands out page by page; the next page is asked for when the one before is taken. Nothing comes where nothing
 * has changed. Throws a NoAnswer, an Unanswered or a BadAnswer.
 */
export async function* poll(
  config: HttpPollInputConfig,
  given: { readonly client: HttpClient; readonly remembered: Remembered; readonly signal: AbortSignal },
): AsyncGenerator<Page> {
  const read = pageReader(config);
  const first = new URL(config.url);
  // of several pages the first may be the same and another one not
  const isConditional = config.most_pages === 1;
  let url: URL | undefined = first;
  for (let pages = 0; url && pages < config.most_pages; pages += 1) {
    const answer: Answer = await ask(config, url, isConditional, given);
    if (answer.status === 304 || answer.status === 204) return;
    const page = read(answer, url);
    yield page;
    if (isConditional) noteValidators(answer, given.remembered);
    if (page.next && page.next.origin !== first.origin)
      throw new BadAnswer(`the next page is said to be at ${page.next.origin}, and only the same server is asked`);
    url = page.next?.href === url.href ? undefined : page.next;
  }
}

const ask = async (
  config: HttpPollInputConfig,
  url: URL,
  isConditional: boolean,
  { client, remembered, signal }: Parameters<typeof poll>[1],
): Promise<Answer> => {
  const isPost = config.method === 'POST';
  const answer = await client.ask({
    method: config.method,
    url,
    headers: {
      accept: '*/*',
      'accept-encoding': 'gzip',
      'user-agent': 'SemStreams',
      ...(isPost && { 'content-type': 'application/json' }),
      ...askHeaders(config),
      ...(isConditional && validators(remembered)),
    },
    ...(isPost && { body: Buffer.from(config.body) }),
    withinMs: config.timeout,
    mostBytes: config.max_answer,
    signal,
  });
  const { status, headers } = answer;
  if (!(status === 304 || (status >= 200 && status < 300)))
    throw new Unanswered(saidBy(answer, url), retryAfterMs(headers['retry-after'], Date.now()));
  if (answer.isCut) throw new BadAnswer(`the answer has more than the ${config.max_answer} bytes of "max_answer"`);
  return answer;
};

const validators = ({ etag, lastModified }: Remembered): OutgoingHttpHeaders => ({
  ...(etag !== undefined && { 'if-none-match': etag }),
  ...(lastModified !== undefined && { 'if-modified-since': lastModified }),
});

const noteValidators = ({ headers }: Answer, remembered: Remembered): void => {
  remembered.etag = headers.etag;
  remembered.lastModified = headers['last-modified'];
};
