import { expect, it } from 'vitest';
import { z } from 'zod';
import { type CheckedType, validateFlow } from './validate.ts';

const config = z.strictObject({ inputs: z.array(z.string()).default([]) });
const types = new Map<string, CheckedType>([
  ['one_input', { title: 'One', category: 'input', ports: {}, config }],
  [
    'one_output',
    {
      title: 'To one',
      category: 'output',
      ports: {},
      config,
      mentions: (given) => ({ field: 'inputs', type: 'one_input', ids: (given as z.output<typeof config>).inputs }),
    },
  ],
]);
const mentioned = (inputs: readonly string[]) =>
  validateFlow(
    {
      name: 'F',
      components: [
        { id: 'to', type: 'one_output', config: { inputs } },
        { id: 'vehicle', type: 'one_input' },
      ],
      connections: [],
    },
    types,
  );

it('warns of a component that a config names and that is not there, or is another one', () => {
  expect(mentioned(['vehicle'])).toEqual([]);
  const finding = {
    severity: 'warning',
    code: 'unknown_component',
    place: 'components[0].config.inputs[1]',
    component: 'to',
    field: 'inputs[1]',
    sentence: 'this flow has no component "vehicel" of the type "one_input"',
    hint: 'did you mean "vehicle"?',
    instead: 'vehicle',
  };
  expect(mentioned(['vehicle', 'vehicel'])).toEqual([finding]);
  expect(mentioned(['to'])).toMatchObject([{ code: 'unknown_component', hint: 'name one of type "one_input"' }]);
});
