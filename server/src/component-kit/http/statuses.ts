import { hideInAddresses } from '../../engine/without-secrets.ts';
import type { Answer } from './http-client.ts';

/** Statuses that say nothing against what was sent, beside those from 500 on: the same may work later, or when the settings are right. */
const later: ReadonlySet<number> = new Set([401, 407, 408, 421, 425, 429]);
/** The server will never do it: methods and versions that it does not know, and the like. */
const never: ReadonlySet<number> = new Set([501, 505, 511]);

/** Whether it is worth to try the same again. */
export const triedAgain = (status: number): boolean => later.has(status) || (status >= 500 && !never.has(status));

/** So much of an answer is told. */
const longestBeginning = 200;
const longestTarget = 300;

/** Whether it is to be found somewhere else. Redirects are not followed: what was sent, and to whom, would be another's choice. */
export const isRedirect = ({ status, headers }: Pick<Answer, 'status' | 'headers'>): boolean =>
  status >= 300 && status < 400 && status !== 304 && headers.location !== undefined;

/** What a server answered that did not do what it was asked, for people. */
export const saidBy = (answer: Answer, url: URL): string => {
  const said = `${hideInAddresses(`${url.origin}${url.pathname}`)} answered ${answer.status}`;
  const location = answer.headers.location ?? '';
  if (isRedirect(answer) && URL.canParse(location, url.href)) {
    const target = hideInAddresses(new URL(location, url.href).href).slice(0, longestTarget);
    return `${said}: it is to be found at ${target}, so write that`;
  }
  return `${said}${hintOf(answer.status)}${beginningOf(answer.body)}`;
};

const hintOf = (status: number): string => {
  if (status === 401) return ', it wants a token or a name with a password, or others than these';
  return status === 404 ? ', there is nothing at this path' : '';
};

/** How an answer begins, on one line. */
export const beginningOf = (body: Buffer): string => {
  const text = body
    .toString('utf8')
    .replace(/[\p{C}\s]+/gu, ' ')
    .trim();
  if (text === '') return '';
  return `: ${text.length > longestBeginning ? `${text.slice(0, longestBeginning)}…` : text}`;
};
