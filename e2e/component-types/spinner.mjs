/** Hands everything on, until a message says `{ "spin": true }`: then it never comes back. */
export default ({ defineComponent, input, output, z }) =>
  defineComponent({
    type: 'spinner',
    category: 'processor',
    title: 'Spinner',
    summary: 'Spins for ever when a message tells it to.',
    icon: 'loader-circle',
    ports: { in: input('json'), out: output('json') },
    config: z.strictObject({}),
    examples: [{ title: 'Hand on', config: {}, given: { in: [{ a: 1 }] }, expect: { out: [{ a: 1 }] } }],
    create: () => ({
      in(message) {
        while (message.payload.spin) continue;
        return { out: message };
      },
    }),
  });
