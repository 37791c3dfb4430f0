/** A processor that does what the field `temper` of a message says, such as ending its own thread. */
export default ({ defineComponent, input, output, z, faults }) =>
  defineComponent({
    type: 'temper_processor',
    category: 'processor',
    title: 'Temper',
    summary: 'Passes messages on, refuses them, or breaks, as they say themselves.',
    icon: 'bomb',
    ports: { in: input('json'), out: output('json') },
    config: z.strictObject({}),
    examples: [],
    create: () => ({
      in(message) {
        switch (message.payload.temper) {
          case 'invalid':
            throw new faults.InvalidMessage('it says so itself');
          case 'transient':
            throw new faults.TransientFault('the far side does not like it', { tries: 3 });
          case 'crash':
            setImmediate(() => {
              throw new Error('boom');
            });
            return new Promise(() => undefined);
          case 'stall':
            for (;;);
          default:
            return { out: message };
        }
      },
    }),
  });
