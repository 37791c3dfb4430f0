import { hostname } from 'node:os';
import { expect, it } from 'vitest';
import { isTrusted } from './trusted-origin.ts';

it.each<[{ host?: string; origin?: string }, boolean]>([
  [{ host: 'localhost:8080' }, true],
  [{ host: '127.0.0.1:8080', origin: 'http://127.0.0.1:8080' }, true],
  [{ host: '[::1]:8080' }, true],
  [{ host: 'edge.local:8080' }, true],
  [{ host: `${hostname()}:8080`, origin: `http://${hostname()}:8080` }, true],
  [{ host: `${hostname()}.local:8080` }, true],
  [{ host: `${hostname()}.evil.example:8080` }, false],
  [{ host: 'evil.example:8080' }, false],
  [{ host: '127.0.0.1:8080', origin: 'http://evil.example' }, false],
  [{ host: '127.0.0.1:8080', origin: 'http://127.0.0.1:9999' }, false],
  [{ host: '127.0.0.1:8080', origin: 'null' }, false],
  [{}, false],
])('%j is trusted: %s', (headers, expected) => expect(isTrusted(headers, ['edge.local'])).toBe(expected));
