/** How many messages of each remainder there were, in a number that is the one that came in where nothing was counted twice. */
export default ({ defineComponent, input, output, z }) =>
  defineComponent({
    type: 'count_processor',
    category: 'processor',
    title: 'Count',
    summary: 'Counts messages by the remainder of their number.',
    icon: 'hash',
    ports: { in: input('json'), out: output('json') },
    config: z.strictObject({ keys: z.int() }),
    keepsState: true,
    examples: [],
    create: ({ config: { keys }, io }) => {
      const counts = io.kept('counts', { most: 1000 });
      return {
        in(message) {
          const key = message.payload.n % keys;
          const count = counts.get(String(key)) ?? 0;
          counts.set(String(key), count + 1);
          return { out: message.with({ n: count * keys + key }) };
        },
      };
    },
  });
