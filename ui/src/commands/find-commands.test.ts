import { Search } from 'lucide-react';
import { describe, expect, it } from 'vitest';
import { type Command, Commands } from './commands.ts';
import { findCommands } from './find-commands.ts';

const command = (title: string, group = 'Flows', keywords: string[] = []): Command => ({
  id: title,
  title,
  group,
  icon: Search,
  keywords,
  run: () => undefined,
});

describe('finding a command', () => {
  const all = [
    command('Stop “Drone telemetry”'),
    command('Drone telemetry', 'Open'),
    command('Dark theme', 'Appearance', ['night']),
    command('Settings', 'Go to'),
  ];

  it.each([
    ['', ['Stop “Drone telemetry”', 'Drone telemetry', 'Dark theme', 'Settings']],
    ['drone', ['Drone telemetry', 'Stop “Drone telemetry”']],
    ['stop dro', ['Stop “Drone telemetry”']],
    ['NIGHT', ['Dark theme']],
    ['go', ['Settings']],
    ['drone settings', []],
  ])('for “%s”', (search, titles) => expect(findCommands(all, search).map(({ title }) => title)).toEqual(titles));
});

it('offers the commands of the open page first, until it is left', () => {
  const offered = new Commands();
  offered.offer([command('Settings')]);
  const leave = offered.offer([command('Deploy')]);
  expect(offered.read().map(({ title }) => title)).toEqual(['Deploy', 'Settings']);
  leave();
  expect(offered.read().map(({ title }) => title)).toEqual(['Settings']);
});
