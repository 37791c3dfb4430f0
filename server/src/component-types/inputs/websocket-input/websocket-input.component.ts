import { collect } from '../../../engine/collect.ts';
import { implement } from '../../../engine/component.ts';
import { hideInAddresses } from '../../../engine/without-secrets.ts';
import { decoders } from '../../../component-kit/content/decoders.ts';
import { keepLine, type Line } from './websocket-input.ts';
import { websocketInputDefinition } from './websocket-input.definition.ts';

/** From so many messages on the line is paused. */
const enough = 1000;
/** What one chunk of the line can hold comes all the same, so this is far above. */
const mostInHand = 100_000;
const mostBytesInHand = 16 * 1024 ** 2;

export const websocketInput = implement(websocketInputDefinition, ({ config, io, emit }) => {
  const shown = hideInAddresses(config.url);
  const collection = collect({
    emit,
    io,
    limit: mostInHand,
    limitBytes: mostBytesInHand + config.max_message,
    enough,
  });
  const decode = decoders[config.format];
  let line: Line | undefined;
  let connections = 0;

  const take = (frame: Buffer): Promise<void> | undefined => {
    if (frame.length === 0) return undefined;
    for (const decoded of decode(frame, shown))
      if ('invalid' in decoded) io.invalid(decoded.invalid, frame);
      else collection.push(io.message(decoded.payload, decoded));
    return collection.isFull ? collection.room() : undefined;
  };

  return {
    open() {
      io.report('waiting', `waiting for ${shown}`);
      line = keepLine({
        url: config.url,
        headers: config.token === '' ? {} : { authorization: `Bearer ${config.token}` },
        maxPayload: config.max_message,
        silenceMs: config.silence,
        random: io.random,
        onFrame: take,
        whenSafe: collection.whenSafe,
        onUp: () => {
          connections += 1;
          io.report('running', `Connected to ${shown}`);
        },
        onDown: (reason, againInMs) =>
          io.report('waiting', `${shown}: ${reason}; tried again in ${Math.ceil(againInMs / 1000)} s`),
      });
    },
    async close() {
      await line?.close();
      await collection.drained();
    },
    facts: () => ({ connections }),
  };
});
