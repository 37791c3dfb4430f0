import { expect, it } from 'vitest';
import { ByAddress, networkOf, shareOfOne } from './by-address.ts';

it.each([
  ['192.168.1.20', '192.168.1.20'],
  ['::ffff:192.168.1.20', '192.168.1.20'],
  ['::FFFF:192.168.1.20', '192.168.1.20'],
  ['2001:db8:1:2:3:4:5:6', '2001:db8:1:2::'],
  ['2001:db8:1:2::', '2001:db8:1:2::'],
  ['2001:db8::5', '2001:db8:0:0::'],
  ['2001:db8:0:0:a::', '2001:db8:0:0::'],
  ['::1', '0:0:0:0::'],
  ['::', '0:0:0:0::'],
  ['fe80::1', 'fe80::1'],
  ['fe80::1%eth0', 'fe80::1'],
  ['febf::2', 'febf::2'],
  ['', ''],
  [undefined, ''],
])('%s counts as %s', (address, network) => expect(networkOf(address)).toBe(network));

it('leaves an eighth to all others, and has all where there are few', () => {
  expect([1, 2, 7, 8, 16, 100, 256, 10_000].map(shareOfOne)).toEqual([1, 2, 7, 7, 14, 88, 224, 8750]);
});

it('counts who is here, each once', () => {
  const here = new ByAddress();
  const leave = [here.enter('::ffff:10.0.0.7'), here.enter('10.0.0.7'), here.enter('10.0.0.8')];
  expect([here.of('10.0.0.7'), here.of('10.0.0.8'), here.of('10.0.0.9')]).toEqual([2, 1, 0]);
  leave[0]!();
  leave[0]!();
  expect(here.of('10.0.0.7')).toBe(1);
  leave[1]!();
  leave[2]!();
  expect([here.of('10.0.0.7'), here.of('10.0.0.8')]).toEqual([0, 0]);
});
