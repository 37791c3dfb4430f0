import { streamOf } from '../../../component-kit/nats/jet-stream.ts';
import { probeNats } from '../../../component-kit/nats/probe-nats.ts';
import { implementProbe } from '../../../engine/component.ts';
import { lookAtStream } from './consumer.ts';
import { natsInputDefinition } from './nats-input.definition.ts';

export const probe = implementProbe(natsInputDefinition, async ({ config, signal }) =>
  probeNats(config, signal, async (line) => {
    if (!config.jetstream) return '';
    const stream = config.stream || (await streamOf(line, config.domain, config.subjects[0]!));
    return `; the stream "${stream}" holds ${await lookAtStream(line, config.domain, stream)} messages`;
  }),
);
