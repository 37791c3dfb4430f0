import { expect, it } from 'vitest';
import { readTagBlock } from './tag-block.ts';

it.each<[string, object]>([
  ['', {}],
  ['s:,d:,t:,g:', {}],
  ['s=a,dxb,t', {}],
  ['s:a,d:b,t:c:d,g:1-2-1234,n:7', { source: 'a', destination: 'b', text: 'c:d', group: '1-2-1234', line: 7 }],
  ['c:1120959341', { time: '2005-07-10T01:35:41.000Z' }],
  ['c:1120959341000', { time: '2005-07-10T01:35:41.000Z' }],
  ['c:99999999999', { time: '5138-11-16T09:46:39.000Z' }],
  ['c:100000000000', { time: '1973-03-03T09:46:40.000Z' }],
  ['c:12x,n:x,n:-1,x:what nobody knows', {}],
])('%j', (text, expected) => expect(readTagBlock(text)).toEqual(expected));
