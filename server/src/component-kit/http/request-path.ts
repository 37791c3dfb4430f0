/**
 * The path of a request target, for comparing: the query, slashes at the end and how a character is written make no difference. A
 * target may be anything that somebody sends.
 */
export const requestPath = (target: string): string => {
  const path = target.replace(/^https?:\/\/[^/?#]*/i, '').split(/[?#]/, 1)[0]!;
  const trimmed = path.replace(/\/+$/, '') || '/';
  try {
    return decodeURIComponent(trimmed);
  } catch {
    return trimmed;
  }
};
