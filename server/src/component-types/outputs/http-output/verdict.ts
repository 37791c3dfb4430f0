import { InvalidMessage, TransientFault } from '../../../engine/fault.ts';
import { reader } from '../../../engine/field-path.ts';
import type { Answer } from '../../../component-kit/http/http-client.ts';
import { beginningOf, isRedirect, saidBy, triedAgain } from '../../../component-kit/http/statuses.ts';
import { retryAfterMs } from '../../../component-kit/link/reasons.ts';

/** Why a request did not work; undefined where it did. `tries` is how often it is tried, `undefined` for ever. */
export const verdictOf = (
  answer: Answer,
  { url, now, tries }: { readonly url: URL; readonly now: number; readonly tries: number | undefined },
): InvalidMessage | TransientFault | undefined => {
  const { status, headers } = answer;
  if (status >= 200 && status < 300) return undefined;
  const said = saidBy(answer, url);
  if (isRedirect(answer)) return new TransientFault(said);
  const afterMs = retryAfterMs(headers['retry-after'], now);
  if (!triedAgain(status)) return new InvalidMessage(said);
  return new TransientFault(said, { ...(tries !== undefined && { tries }), ...(afterMs > 0 && { afterMs }) });
};

/** What a server that answers for each message says of them, by their place: those that did not work. */
export const verdictsOf = (
  answer: Answer,
  count: number,
  given: { readonly list: string; readonly status: string; readonly tries: number | undefined },
): ReadonlyMap<number, InvalidMessage | TransientFault> | InvalidMessage => {
  const failed = new Map<number, InvalidMessage | TransientFault>();
  const all = listIn(answer, given.list);
  if (all?.length !== count)
    return new InvalidMessage(
      `its answer holds ${all ? `${all.length} answers for ${count} messages` : 'no list of answers'} in "${given.list}"${beginningOf(answer.body)}`,
    );
  const statusIn = reader(given.status);
  for (const [at, one] of all.entries()) {
    const status = Number(statusIn(one));
    if (status >= 200 && status < 300) continue;
    const said = `answered ${Number.isNaN(status) ? 'without a status' : status}${beginningOf(Buffer.from(JSON.stringify(one) ?? ''))}`;
    const isLater = triedAgain(status);
    failed.set(
      at,
      isLater
        ? new TransientFault(said, given.tries === undefined ? {} : { tries: given.tries })
        : new InvalidMessage(said),
    );
  }
  return failed;
};

const listIn = ({ body, isCut }: Answer, path: string): readonly unknown[] | undefined => {
  try {
    const list = isCut ? undefined : reader(path)(JSON.parse(body.toString('utf8')));
    return Array.isArray(list) ? list : undefined;
  } catch {
    return undefined;
  }
};
