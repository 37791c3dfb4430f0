import { EventEmitter } from 'node:events';
import type { Socket } from 'node:net';
import { expect, it } from 'vitest';
import { Strangers } from './strangers.ts';

const destroyed: string[] = [];
/** What of a socket counts here. */
const socket = (remoteAddress: string, remotePort: number): Socket => {
  const emitter = new EventEmitter();
  const destroy = (): void => {
    destroyed.push(`${remoteAddress} ${remotePort}`);
    emitter.emit('close');
  };
  return Object.assign(emitter, { remoteAddress, remotePort, destroy }) as unknown as Socket;
};

it('makes room by the oldest of the address with most, and never by one that was taken', () => {
  const strangers = new Strangers();
  const caller = socket('10.0.0.7', 1);
  strangers.meet(caller);
  // with TLS it is another object after the handshake, at the same place
  strangers.taken(socket('10.0.0.7', 1));
  strangers.meet(socket('10.0.0.8', 1));
  for (let port = 2; port <= 1200; port += 1) strangers.meet(socket('10.0.0.7', port));
  expect(destroyed).toEqual(Array.from({ length: 200 }, (_, n) => `10.0.0.7 ${n + 2}`));
  destroyed.length = 0;
  strangers.end();
  expect(destroyed).toHaveLength(1000);
  expect(destroyed).not.toContain('10.0.0.7 1');
});
