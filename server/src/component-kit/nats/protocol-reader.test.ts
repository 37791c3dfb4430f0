import { expect, it } from 'vitest';
import { readHeaders, writeHeaders } from './headers.ts';
import { NoNats, ProtocolReader } from './protocol-reader.ts';

/** What is heard of bytes, in pieces of a size. */
const heard = (bytes: Buffer, size = bytes.length, mostBytes = 1000): string[] => {
  const said: string[] = [];
  const reader = new ProtocolReader(mostBytes, {
    info: (text) => said.push(`info ${text}`),
    error: (text) => said.push(`error ${text}`),
    ping: () => said.push('ping'),
    pong: () => said.push('pong'),
    message: ({ subject, sid, reply, head, payload }) =>
      said.push(`${sid} ${subject} ${reply} [${head?.toString() ?? ''}] ${payload.toString()}`),
    tooLong: ({ subject, bytes: length }) => said.push(`too long ${subject} ${length}`),
  });
  for (let at = 0; at < bytes.length; at += size) reader.take(bytes.subarray(at, at + size));
  return said;
};
const head = 'NATS/1.0\r\na: b\r\n\r\n';

it.each([1, 2, 3, 7, 1000])('reads what a server says, in pieces of %i bytes', (size) => {
  const bytes = [
    'INFO {"a":1}\r\nPING\r\n+OK\r\nPONG\r\n',
    '-ERR \'Permissions Violation for Publish to "x"\'\r\n',
    'MSG a.b 9 5\r\nh\r\nlo\r\nMSG a 10 re.ply 0\r\n\r\n',
    `HMSG c 11 ${head.length} ${head.length + 2}\r\n${head}hi\r\n`,
    `msg d 1 2000\r\n${'x'.repeat(2000)}\r\nPING\r\n`,
  ];
  expect(heard(Buffer.from(bytes.join('')), size)).toEqual([
    ...['info {"a":1}', 'ping', 'pong', 'error Permissions Violation for Publish to "x"'],
    ...['9 a.b  [] h\r\nlo', '10 a re.ply [] ', `11 c  [${head}] hi`, 'too long d 2000', 'ping'],
  ]);
});

it.each([
  ['another protocol', 'HTTP/1.1 400 Bad Request\r\n', 'is it another service at that port?'],
  ['a line without an end', 'x'.repeat(300_000), 'a line of more than 256 KB'],
  ['a greeting without an end', `INFO ${'x'.repeat(300_000)}`, 'a line of more than 256 KB'],
  ['a size that no message has', 'MSG a 1 99999999999\r\n', 'a message of 99999999999 bytes'],
  ['a size below zero', 'MSG a 1 -5\r\n', 'in a way that is not NATS'],
  ['a size that is no number', 'MSG a 1 1e3\r\n', 'in a way that is not NATS'],
  ['no size', 'MSG a 1\r\n', 'in a way that is not NATS'],
  ['more words than there are', 'MSG a 1 b c 5\r\n', 'in a way that is not NATS'],
  ['headers larger than all of it', 'HMSG a 1 9 5\r\n', 'in a way that is not NATS'],
  ['a message that is longer than it was said', 'MSG a 1 2\r\nabcdef\r\n', 'longer than it was announced'],
  ['nothing but zeros', '\0'.repeat(100).concat('\n'), 'is it another service at that port?'],
])('takes no %s', (_, text, sentence) => {
  expect(() => heard(Buffer.from(text), 1024)).toThrow(NoNats);
  expect(() => heard(Buffer.from(text), 1024)).toThrow(sentence);
});

it('reads headers as they were written, and lets none break a line', () => {
  const read = (text: string) => readHeaders(Buffer.from(text));
  expect(read(writeHeaders({ site: 'nörth', 'a b': 'c', 'x:y': 'z', bad: '1\r\nNats-Rollup: all' })).headers).toEqual({
    site: 'nörth',
    bad: '1 Nats-Rollup: all',
  });
  expect(read('NATS/1.0 503\r\n\r\n')).toEqual({ status: 503, description: '', headers: {} });
  expect(read('NATS/1.0 409 Message Size Exceeds MaxBytes\r\nNats-Pending-Messages: 1\r\n\r\n')).toMatchObject({
    ...{ status: 409, description: 'Message Size Exceeds MaxBytes' },
  });
  expect(read('NATS/1.0\r\n__proto__: x\r\na: 1\r\na: 2\r\n\r\n').headers).toEqual({ a: '1' });
  expect(writeHeaders({})).toBe('');
});
