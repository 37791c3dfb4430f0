import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';

const source = join(import.meta.dirname, '../..');
const dials = /\bconnect\(\{|\.connect\((?!\))|new WebSocket\(|node:dns|node:https?'|\.send\(.*port/;
const looks = /network\/(lookup|resolve-address)\.ts'|\.\/lookup\.ts'/;

/** What looks like dialling and is none: listening, answering whoever has sent something, speaking with this machine alone. */
const listeners = new Set([
  'component-kit/http/hand-over.ts',
  'component-kit/http/http-server.ts',
  'component-kit/http/refuse.ts',
  'component-kit/link/listening.ts',
  'component-kit/mqtt/keep-line.ts',
  'component-kit/network/lookup.ts',
  'component-kit/sockets/datagram-listener.ts',
  'component-types/inputs/mavlink-input/udp-source.ts',
]);

it('whoever dials asks where flows may go', () => {
  const files = readdirSync(source, { recursive: true, encoding: 'utf8' }).filter((file) =>
    /^component-(kit|types)\/(?!testing\/).*(?<!\.test|\.contract)\.ts$/.test(file),
  );
  const forgetful = files.filter((file) => {
    const text = readFileSync(join(source, file), 'utf8').replaceAll(/^import type .*$/gm, '');
    return dials.test(text) && !looks.test(text);
  });
  expect(new Set(forgetful)).toEqual(listeners);
});
