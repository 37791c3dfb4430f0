import { parseMessageTemplate } from '../../../component-kit/content/message-template.ts';
import { streamOf } from '../../../component-kit/nats/jet-stream.ts';
import { probeNats } from '../../../component-kit/nats/probe-nats.ts';
import { implementProbe } from '../../../engine/component.ts';
import { natsOutputDefinition } from './nats-output.definition.ts';

export const probe = implementProbe(natsOutputDefinition, async ({ config, signal }) =>
  probeNats({ ...config, domain: '' }, signal, async (line) => {
    const { isFixed, fixed } = parseMessageTemplate(config.subject);
    if (!config.jetstream || !isFixed) return '';
    return `; the stream "${await streamOf(line, '', fixed)}" keeps "${fixed}"`;
  }),
);
