import type { ComponentType } from '@semstreams/contract';
import { expect, it } from 'vitest';
import { summaryOf } from './summary.ts';

const receiver = {
  title: 'WebSocket',
  config_schema: {
    type: 'object',
    properties: {
      url: { type: 'string', title: 'Address' },
      urls: { type: 'array', title: 'Addresses', items: { type: 'string' } },
    },
  },
} as unknown as ComponentType;

it.each([
  [{ url: 'ws://location-a:9000' }, 'WebSocket · ws://location-a:9000'],
  [{ url: 'ws://bob:hunter2@host/feed?key=1' }, 'WebSocket · ws://•••@host/feed?key=•••'],
  [{ url: 'wss://token@host' }, 'WebSocket · wss://•••@host'],
  [{ urls: ['ws://bob:hunter2@host'] }, 'WebSocket · ws://•••@host'],
  [{}, 'WebSocket'],
])('of %j it is said: %s', (config, said) => expect(summaryOf(receiver, config)).toBe(said));
