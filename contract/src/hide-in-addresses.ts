/** Stands where a secret was. */
export const mark = '•••';

/** Hides what must not be shown, in text for people. */
export type Hide = (text: string) => string;

/**
 * Addresses in a text without what may be a secret in them: who logs in, and the values behind the question mark. What is
 * left still says which address it is: `ws://user:word@host/feed?key=1` becomes `ws://•••@host/feed?key=•••`.
 */
export const hideInAddresses: Hide = (text) =>
  text.includes('://')
    ? text.replace(address, (whole) => whole.replace(login, `//${mark}@`).replace(query, hideValues))
    : text;

const address = /[a-z][a-z\d+.-]{0,20}:\/\/[^\s"'<>“”]+/gi;
/** Up to the last "@" before the path: a word may hold one. */
const login = /\/\/[^/?#]*@/;
const query = /\?[^#]*/;
/** A query that names nothing may be the secret itself. */
const hideValues = (values: string): string =>
  values.includes('=') ? values.replace(/=[^&;]*/g, `=${mark}`) : values.replace(/^\?.+/, `?${mark}`);
