import { z } from 'zod';
import { defineType, input, output } from '../../../engine/component.ts';
import { Routes } from './routing.ts';

export const routerDefinition = defineType({
  type: 'router',
  category: 'processor',
  title: 'Router',
  summary: 'Sends each message where it belongs: every route has rules and a port of its own.',
  icon: 'split',
  keywords: ['switch', 'route', 'branch', 'case', 'if', 'condition', 'sort', 'distribute', 'multiplex'],
  ports: {
    in: input('json'),
    else: output('json', { required: false, title: 'What no route takes' }),
  },
  opens: { list: 'routes', name: 'name', port: output('json') },
  config: z.strictObject({
    routes: Routes.default([]).meta({
      title: 'Routes',
      description: 'Each has a port of its own, by its name. They are tried in this order.',
    }),
    send_to: z
      .enum(['first', 'all'])
      .default('first')
      .meta({
        title: 'Send to',
        description: 'Where a message goes that several routes take.',
        choices: { first: 'the first route that takes it', all: 'every route that takes it' },
      }),
  }),
  examples: [
    {
      title: 'What is urgent, what is of one vehicle, and the rest',
      config: {
        routes: [
          { name: 'urgent', rules: [{ field: 'battery', operator: 'lt', value: 20 }] },
          { name: 'falcon', rules: [{ field: 'vehicle', operator: 'eq', value: 'falcon' }] },
        ],
      },
      given: {
        in: [
          { vehicle: 'falcon', battery: 12 },
          { vehicle: 'falcon', battery: 80 },
          { vehicle: 'heron', battery: 70 },
        ],
      },
      expect: {
        urgent: [{ vehicle: 'falcon', battery: 12 }],
        falcon: [{ vehicle: 'falcon', battery: 80 }],
        else: [{ vehicle: 'heron', battery: 70 }],
      },
    },
    {
      title: 'A copy to every route that takes it',
      config: {
        send_to: 'all',
        routes: [
          { name: 'archive' },
          { name: 'alarm', rules: [{ field: 'level', operator: 'in', value: ['error', 'fatal'] }] },
        ],
      },
      given: { in: [{ level: 'info' }, { level: 'fatal' }] },
      expect: { archive: [{ level: 'info' }, { level: 'fatal' }], alarm: [{ level: 'fatal' }] },
    },
  ],
});
