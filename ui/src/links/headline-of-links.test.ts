import type { FarSide, Link } from '@semstreams/contract';
import { expect, it } from 'vitest';
import { headlineOfLinks } from './headline-of-links.ts';

const far = (name: string, is_there = true): FarSide => ({ name, speaks: 'link', is_there, sentence: '' });
const link = (...far_sides: FarSide[]): Link => ({
  flow: 'flight',
  component: 'to-b',
  type: 'websocket_output',
  direction: 'to',
  state: 'running',
  sentence: '',
  far_sides,
});

it.each([
  [[], 'No flow that runs sends to another location, or gets anything from one.'],
  [[link(far('b'))], '1 of 1 far side connected.'],
  [[link(far('b'), far('c', false))], '1 of 2 far sides connected, “c” away.'],
  [[link()], '1 link with nobody at the other end.'],
  [[link(far('b')), link(), link()], '1 of 1 far side connected, 2 links with nobody at the other end.'],
])('%j', (links, sentence) => expect(headlineOfLinks(links)).toBe(sentence));
