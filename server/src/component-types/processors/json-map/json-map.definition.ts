import { z } from 'zod';
import { defineType, input, output } from '../../../engine/component.ts';
import { fieldPath } from '../../../component-kit/fields/fields.ts';
import { Mappings, Step } from './json-map.ts';

export const jsonMapDefinition = defineType({
  type: 'json_map',
  category: 'processor',
  title: 'Map',
  summary: 'Renames, sets, converts and removes fields.',
  icon: 'shuffle',
  keywords: ['transform', 'rename', 'change', 'set', 'template', 'convert', 'reshape'],
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
      title: 'New names, added and removed fields',
      config: { mappings: { temp: 'temperature' }, add_fields: { site: 'north' }, remove_fields: ['raw'] },
      given: { in: [{ temp: 21, raw: 'x' }] },
      expect: { out: [{ temperature: 21, site: 'north' }] },
    },
  ],
});
