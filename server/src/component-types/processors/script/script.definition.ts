import { z } from 'zod';
import { memoryField, timeoutField } from '../../../component-kit/sandbox/settings.ts';
import { defineType, input, output } from '../../../engine/component.ts';
import { syntaxProblem } from './syntax.ts';

export const scriptDefinition = defineType({
  type: 'script',
  category: 'processor',
  title: 'Script',
  summary: 'Changes messages by a few lines of JavaScript, for what nothing else does.',
  icon: 'square-code',
  keywords: ['javascript', 'function', 'code', 'program', 'custom', 'quickjs', 'sandbox'],
  ports: { in: input('json'), out: output('json') },
  config: z.strictObject({
    code: z
      .string()
      .min(1)
      .max(100_000)
      .check(({ value, issues }) => {
        const problem = syntaxProblem(value);
        if (problem !== undefined) issues.push({ code: 'custom', message: problem, input: value });
      })
      .meta({
        title: 'Script',
        description:
          'A function process(message), which returns the message, a list of several, or nothing to leave it out; what it throws makes a dead letter. A message has payload, headers, time (in milliseconds) and id. The object "state" is kept from message to message and over restarts. There is no network, no file and no timer; console.log writes to the log.',
        examples: ['function process(message) {\n  message.payload.seen = true;\n  return message;\n}'],
        widget: 'code',
      }),
    timeout: timeoutField,
    memory: memoryField,
  }),
  drops: { rejected: 'The script returned nothing for it.' },
  plannedDrops: ['rejected'],
  keepsState: true,
  examples: [
    {
      title: 'Magnitude of a vector, without those that stand still',
      config: {
        code: `function process(message) {
  const { x, y } = message.payload;
  const speed = Math.hypot(x, y);
  if (speed === 0) return;
  return { ...message, payload: { ...message.payload, speed } };
}`,
      },
      given: {
        in: [
          { x: 3, y: 4 },
          { x: 0, y: 0 },
        ],
      },
      expect: { out: [{ x: 3, y: 4, speed: 5 }] },
    },
    {
      title: 'The difference to the message before, kept over restarts',
      config: {
        code: `function process(message) {
  const { value } = message.payload;
  const before = state.value ?? value;
  state.value = value;
  message.payload.difference = value - before;
  return message;
}`,
      },
      given: { in: [{ value: 5 }, { value: 8 }] },
      expect: {
        out: [
          { value: 5, difference: 0 },
          { value: 8, difference: 3 },
        ],
      },
    },
    {
      title: 'Two messages of one',
      config: {
        code: `const process = ({ payload }) => [
  { payload: payload.left, headers: { side: 'left' } },
  { payload: payload.right, headers: { side: 'right' } },
];`,
      },
      given: { in: [{ left: 1, right: 2 }] },
      expect: { out: [1, 2] },
    },
  ],
  trial: { config: () => ({ code: 'function process(message) { return message; }' }) },
});
