import { expect, it } from 'vitest';
import { z } from 'zod';
import type { ComponentDefinition } from '../engine/component.ts';
import { describe as described } from '../engine/component.ts';

const modules = import.meta.glob<Record<string, ComponentDefinition>>('./*/*/*.definition.ts', { eager: true });
const types = Object.values(modules)
  .flatMap((module) => Object.values(module))
  .filter((each) => typeof each === 'object' && 'config' in each && 'type' in each);

interface Setting {
  readonly default?: unknown;
  readonly description?: string;
}

/** Durations and sizes of all types, and what zero is in their unit. */
const settings = types.flatMap((type) => {
  const schema = z.toJSONSchema(type.config, { io: 'input', unrepresentable: 'any' }) as {
    properties?: Record<string, Setting>;
  };
  return Object.entries(schema.properties ?? {}).flatMap(([name, setting]) => {
    const unit = /^\d+(ms|s|m|h|d|B|KB|MB|GB)$/.exec(typeof setting.default === 'string' ? setting.default : '')?.[1];
    return unit ? [{ type, name, setting, zero: unit.endsWith('B') ? '0B' : '0s' }] : [];
  });
});

it.each(settings.map((each) => ({ ...each, at: `${each.type.type}.${each.name}` })))(
  '$at says what $zero is, or refuses it',
  ({ type, name, setting, zero }) => {
    const config = { ...(type.examples[0]?.config as object | undefined), [name]: zero };
    const issues = type.config.safeParse(config).error?.issues ?? [];
    const isRefused = issues.some(({ path }) => path[0] === name);
    expect(isRefused || setting.description?.includes('"0')).toBe(true);
  },
);

it('looks at some', () => expect([settings.length > 10, described(types[0]!).type]).toEqual([true, types[0]!.type]));
