/**
 * Without what means nothing around a message: NUL characters (buffers of fixed size, files that a power cut has torn), byte
 * order marks, and the record separators of JSON text sequences (RFC 7464).
 */
export const withoutMarks = (text: string): string =>
  isMark(text.charCodeAt(0)) || isMark(text.charCodeAt(text.length - 1)) ? text.replace(around, '') : text;

const isMark = (code: number): boolean => code === 0 || code === 0xfeff || code === 0x1e;
const around = /^[\0\uFEFF\x1E]+|[\0\uFEFF\x1E]+$/g;

/** The same for JSON, which has white space around it too; in any order. */
export const bareJson = (text: string): string => {
  const [first, last] = [text.charCodeAt(0), text.charCodeAt(text.length - 1)];
  return isJsonEdge(first) && isJsonEdge(last) ? text : text.replace(aroundJson, '');
};

/** What is plainly neither white space nor a mark. */
const isJsonEdge = (code: number): boolean => code > 0x20 && code < 0x80;
const aroundJson = /^[\0\uFEFF\x1E\s]+|[\0\uFEFF\x1E\s]+$/g;
