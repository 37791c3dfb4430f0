import { z } from 'zod';
import type { Answer } from '../../../component-kit/http/http-client.ts';
import { saidBy } from '../../../component-kit/http/statuses.ts';
import { retryAfterMs } from '../../../component-kit/link/reasons.ts';
import { InvalidMessage, TransientFault } from '../../../engine/fault.ts';

/**
 * What the server made of the lines of a request: all are written; some are refused, by their place; one of them is at fault,
 * and it is not known which; or the rest has to wait.
 */
export type Verdict =
  | { readonly kind: 'written' }
  | { readonly kind: 'refused'; readonly lines: ReadonlyMap<number, InvalidMessage> }
  | { readonly kind: 'unclear'; readonly fault: InvalidMessage }
  | { readonly kind: 'later'; readonly fault: TransientFault };

/** Statuses that speak of what was sent: not understood, too large, of another type than before. All others speak of the server or of the settings. */
const ofTheLines: ReadonlySet<number> = new Set([400, 413, 422]);

/** How version 3 names the lines that it did not take, from 1. */
const Partial = z.object({
  error: z.string(),
  data: z.array(z.object({ line_number: z.int().positive(), error_message: z.string() })).min(1),
});

/** @param lines as they were sent; `now` in milliseconds since 1970 */
export const verdictOf = (
  answer: Answer,
  { url, now, lines }: { readonly url: URL; readonly now: number; readonly lines: readonly string[] },
): Verdict => {
  const { status, headers } = answer;
  if (status >= 200 && status < 300) return { kind: 'written' };
  const said = saidBy(answer, url);
  if (!ofTheLines.has(status)) {
    const afterMs = retryAfterMs(headers['retry-after'], now);
    return { kind: 'later', fault: new TransientFault(said, afterMs > 0 ? { afterMs } : {}) };
  }
  const named = namedLines(answer, lines);
  return named ? { kind: 'refused', lines: named } : { kind: 'unclear', fault: new InvalidMessage(said) };
};

const namedLines = (
  { status, body, isCut }: Answer,
  lines: readonly string[],
): ReadonlyMap<number, InvalidMessage> | undefined => {
  // a text with a line break in it takes several lines, and how those are counted is not said
  if (status !== 400 || isCut || lines.some((line) => line.includes('\n'))) return undefined;
  const told = Partial.safeParse(parsed(body)).data;
  if (!told?.error.startsWith('partial write')) return undefined;
  const named = new Map<number, InvalidMessage>();
  for (const { line_number: number, error_message: message } of told.data)
    if (number <= lines.length)
      named.set(number - 1, new InvalidMessage(`InfluxDB refused it: ${message.slice(0, 300)}`));
  return named.size > 0 ? named : undefined;
};

const parsed = (body: Buffer): unknown => {
  try {
    return JSON.parse(body.toString('utf8'));
  } catch {
    return undefined;
  }
};
