import { describe, expect, it } from 'vitest';
import { filterProblem, matcher, topicProblem } from './topic.ts';

describe('filters', () => {
  // the examples of MQTT 5.0, sections 4.7.1 and 4.7.2
  it.each([
    ['sport/tennis/player1/#', 'sport/tennis/player1', true],
    ['sport/tennis/player1/#', 'sport/tennis/player1/ranking', true],
    ['sport/tennis/player1/#', 'sport/tennis/player1/score/wimbledon', true],
    ['sport/#', 'sport', true],
    ['#', 'a/b/c', true],
    ['sport/tennis/+', 'sport/tennis/player1', true],
    ['sport/tennis/+', 'sport/tennis/player1/ranking', false],
    ['sport/+', 'sport', false],
    ['sport/+', 'sport/', true],
    ['+/+', '/finance', true],
    ['/+', '/finance', true],
    ['+', '/finance', false],
    ['#', '$SYS/uptime', false],
    ['+/monitor/Clients', '$SYS/monitor/Clients', false],
    ['$SYS/#', '$SYS/uptime', true],
    ['$SYS/monitor/+', '$SYS/monitor/Clients', true],
    ['$share/group/a/+', 'a/b', true],
    ['ACCOUNTS', 'Accounts', false],
  ])('%s takes %s: %s', (filter, topic, expected) => expect(matcher(filter)(topic)).toBe(expected));

  it.each(['a', '+', '#', 'a/+/b', '/', '+/#', 'a b', '$share/g/#', 'größe/+'])('%j is one', (filter) =>
    expect(filterProblem(filter)).toBeUndefined(),
  );
  it.each([
    '',
    'a#',
    'a/#/b',
    'a+/b',
    '##',
    '$share/g',
    '$share/g/',
    '$share//a',
    '$share/+/a',
    'a\0',
    'a\n',
    '\ud800',
  ])('%j is none', (filter) => expect(filterProblem(filter)).toMatch(/\w/));
});

it.each([
  ['a/b', undefined],
  ['/', undefined],
  ['größe 🌡', undefined],
  ['', 'a topic has at least one character'],
  ['a/+', 'a topic to publish to has no "+" and no "#": those stand for any level'],
  ['a#', 'a topic to publish to has no "+" and no "#": those stand for any level'],
  ['a\u0001', 'a topic has no control characters'],
  ['\ufffe', 'a topic has no control characters'],
  ['x'.repeat(65_536), 'a topic has 65535 bytes at most'],
])('of the topic %j it says %j', (topic, problem) => expect(topicProblem(topic)).toBe(problem));
