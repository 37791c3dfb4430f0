import { z } from 'zod';
import { defineType, input, output } from '../../../engine/component.ts';
import { fieldPath } from '../../../component-kit/fields/fields.ts';
import { Mappings } from './new-names.ts';
import { Step } from './step.ts';

export const jsonMapDefinition = defineType({
  type: 'json_map',
  category: 'processor',
  title: 'Map',
  summary: 'Renames, sets, calculates, converts and removes fields.',
  icon: 'shuffle',
  keywords: ['transform', 'rename', 'change', 'set', 'template', 'convert', 'reshape', 'calculate', 'round', 'unit'],
  ports: { in: input('json'), out: output('json') },
  config: z.strictObject({
    steps: z.array(Step).max(1000).default([]).meta({
      title: 'Steps',
      description:
        'Changes of each message, one after the other. The field "@header.address" is a header of the message, to be read and set.',
    }),
    mappings: Mappings.default([]).meta({
      title: 'New names',
      description: 'Fields that get another name, before the steps.',
      advanced: true,
    }),
    add_fields: z.record(fieldPath, z.json()).default({}).meta({
      title: 'Added fields',
      description: 'Fields that every message gets, before the steps.',
      advanced: true,
    }),
    remove_fields: z.array(fieldPath).max(1000).default([]).meta({
      title: 'Removed fields',
      description: 'Fields that no message keeps, before the steps.',
      advanced: true,
    }),
  }),
  drops: { rejected: 'A step leaves out what lacks its field.' },
  plannedDrops: ['rejected'],
  examples: [
    {
      title: 'From millimetres to metres, under a better name',
      config: {
        steps: [
          { do: 'rename', from: 'relative_alt', to: 'position.altitude_m' },
          { do: 'scale', field: 'position.altitude_m', factor: 0.001 },
        ],
      },
      given: { in: [{ relative_alt: 25_000, lat: 1 }] },
      expect: { out: [{ lat: 1, position: { altitude_m: 25 } }] },
    },
    {
      title: 'A sentence for people',
      config: { steps: [{ do: 'template', field: 'text', text: '{name} at {speed} m/s' }] },
      given: { in: [{ name: 'Kite', speed: 12.5 }] },
      expect: { out: [{ name: 'Kite', speed: 12.5, text: 'Kite at 12.5 m/s' }] },
    },
    {
      title: 'Power from voltage and current, with one decimal',
      config: {
        steps: [
          { do: 'drop_null', field: 'voltage' },
          { do: 'default', field: 'current', value: 0 },
          { do: 'calculate', field: 'voltage', operator: 'times', by: 'current', decimals: 1, to: 'power' },
        ],
      },
      given: { in: [{ voltage: 12.6, current: 2.45 }, { voltage: 12 }, { voltage: null, current: 1 }] },
      expect: {
        out: [
          { voltage: 12.6, current: 2.45, power: 30.9 },
          { voltage: 12, current: 0, power: 0 },
        ],
      },
    },
    {
      title: 'The names out of a list, as one text',
      config: {
        steps: [
          { do: 'list', field: 'crew', take: 'each', of: 'name', to: 'names' },
          { do: 'list', field: 'names', take: 'join', separator: ' and ' },
          { do: 'list', field: 'crew', take: 'length' },
        ],
      },
      given: { in: [{ crew: [{ name: 'Ann' }, { name: 'Bo' }] }] },
      expect: { out: [{ crew: 2, names: 'Ann and Bo' }] },
    },
    {
      title: 'New names, added and removed fields',
      config: { mappings: { temp: 'temperature' }, add_fields: { site: 'north' }, remove_fields: ['raw'] },
      given: { in: [{ temp: 21, raw: 'x' }] },
      expect: { out: [{ temperature: 21, site: 'north' }] },
    },
  ],
});
