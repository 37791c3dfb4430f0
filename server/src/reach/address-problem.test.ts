import { describe, expect, it } from 'vitest';
import { addressProblem, networkEntryProblem } from './address-problem.ts';

describe('without a list', () => {
  it.each(['127.0.0.1', '::1', '10.0.0.7', '192.168.1.1', '203.0.113.7', 'fd00::7', '2001:db8::1', '224.0.0.1'])(
    'flows reach %s',
    (address) => expect(addressProblem(['*'], 'far', address)).toBeUndefined(),
  );

  it.each([
    ['169.254.169.254'],
    ['169.254.0.1'],
    ['::ffff:169.254.169.254'],
    ['::ffff:a9fe:a9fe'],
    ['64:ff9b::a9fe:a9fe'],
    ['2002:a9fe:a9fe::1'],
    ['fd00:ec2::23'],
    ['::a9fe:a9fe'],
    ['::ffff:0:169.254.169.254'],
    ['64:ff9b::6464:64c8'],
    ['64:ff9b::a83f:8110'],
    ['64:ff9b:1:a9fe:a9:fe00::'],
    ['64:ff9b:1::169.254.169.254'],
    ['2002:6464:64c8::1'],
    ['fe80::1'],
    ['fe80::1%eth0'],
    ['febf::1'],
    ['fd00:ec2::254'],
    ['fd20:ce::254'],
    ['100.100.100.200'],
    ['168.63.129.16'],
    ['192.0.0.192'],
  ])('and never %s', (address) =>
    expect(addressProblem(['*'], 'far', address)).toMatch(/^"far" \(\S+\) is an address of .* "network\.allowed"/),
  );
});

describe('with a list', () => {
  it.each([
    [['10.0.0.0/8'], 'a', '10.1.2.3', true],
    [['10.0.0.0/8'], 'a', '::ffff:10.1.2.3', true],
    [['10.0.0.0/8'], 'a', '11.0.0.1', false],
    [['10.0.0.7'], 'a', '10.0.0.7', true],
    [['10.0.0.7'], 'a', '10.0.0.8', false],
    [['fd00::/8'], 'a', 'fd12::1', true],
    [['broker.example'], 'Broker.Example.', '10.0.0.1', true],
    [['broker.example'], 'a.broker.example', '10.0.0.1', false],
    [['*.example'], 'a.b.example', '10.0.0.1', true],
    [['*.example'], 'example', '10.0.0.1', false],
    [['*.example'], 'badexample', '10.0.0.1', false],
    [['broker.example'], 'broker.example', '169.254.169.254', false],
    [['0.0.0.0/0', '::/0', '*'], 'a', '169.254.169.254', false],
    [['169.254.169.254'], 'a', '169.254.169.254', true],
    [['::/0'], 'a', '64:ff9b::10.0.0.1', true],
    [['*'], 'a', '2002:a00:1::1', true],
    [['*', 'fe80::/10'], 'a', 'fe80::1%eth0', true],
    [[], 'a', '10.0.0.1', false],
  ])('%j: %s at %s is reached: %s', (allowed, name, address, expected) =>
    expect(addressProblem(allowed, name, address) === undefined).toBe(expected),
  );
});

it.each([
  ['*', true],
  ['broker', true],
  ['*.example.com', true],
  ['10.0.0.0/8', true],
  ['fe80::/10', true],
  ['10.0.0.0/33', false],
  ['10.0.0.0/x', false],
  ['http://a', false],
  ['a b', false],
  ['', false],
])('"%s" is an entry: %s', (entry, expected) => expect(networkEntryProblem(entry) === undefined).toBe(expected));
