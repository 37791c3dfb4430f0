import { type Hide, hideInAddresses, mark } from '@semstreams/contract';

export { type Hide, hideInAddresses, mark };

/** Shorter secrets are as good as guessed, and would make holes in every other sentence. */
export const shortestSecret = 4;

/** Hides the secrets of a flow, wherever and however they are written in the text, and nothing else. */
export const hideSecrets = (secrets: readonly string[]): Hide => {
  const hidden = [...new Map(secrets.flatMap(replacementsFor))].sort(([a], [b]) => b.length - a.length);
  return (text) => hidden.reduce((rest, [secret, shown]) => rest.replaceAll(secret, shown), text);
};

/** What people are told of a flow: without its secrets, and without those in addresses that nobody called a secret. */
export const hideForPeople = (secrets: readonly string[]): Hide => {
  const hide = hideSecrets(secrets);
  return (text) => hideInAddresses(hide(text));
};

/** All texts in which a secret may stand. Of one that is an address, the host is still shown. */
const replacementsFor = (secret: string): [string, string][] => {
  if (!URL.canParse(secret) || !secret.includes('://'))
    return [...new Set(spellings(secret))].map((each) => [each, mark]);
  const { protocol, host, pathname, search, password, searchParams } = new URL(secret);
  const parts = [password, decoded(password), ...searchParams.values()].flatMap(spellings);
  const path = `${host}${pathname}`;
  return [
    ...parts.map((each): [string, string] => [each, mark]),
    [secret, `${protocol}//${host}/${mark}`],
    ...(pathname.length > 1 ? ([[path, `${host}/${mark}`]] as [string, string][]) : []),
    ...(search.length > shortestSecret ? ([[search, `?${mark}`]] as [string, string][]) : []),
  ];
};

/** As it is, as it stands in JSON, and as it stands in an address. */
const spellings = (secret: string): string[] =>
  secret.length < shortestSecret ? [] : [secret, JSON.stringify(secret).slice(1, -1), encoded(secret)];

const decoded = (text: string): string => orItself(text, decodeURIComponent);
const encoded = (text: string): string => orItself(text, encodeURIComponent);
const orItself = (text: string, change: (text: string) => string): string => {
  try {
    return change(text);
  } catch {
    return text;
  }
};

/** Every text in a JSON value, however deep. */
export const hideIn = (value: unknown, hide: Hide): unknown => {
  if (typeof value === 'string') return hide(value);
  if (Array.isArray(value)) return value.map((inner) => hideIn(inner, hide));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, hideIn(inner, hide)]));
};
