/** An input that nothing comes into by itself: what it emits is injected by REST. */
export default ({ defineComponent, output, z }) =>
  defineComponent({
    type: 'silent_input',
    category: 'input',
    title: 'Silent input',
    summary: 'Emits what is injected and nothing else.',
    icon: 'volume-x',
    ports: { out: output('json') },
    config: z.strictObject({}),
    examples: [],
    create: () => ({}),
  });
