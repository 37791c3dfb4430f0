import { DraftChange, FlowOverview, FlowStatus, Happening, livePath, Trouble } from '@semstreams/contract';
import { z } from 'zod';
import { about } from '../../config/about.ts';

interface Event {
  /** Who sends it, as the server sees it. */
  readonly action: 'send' | 'receive';
  readonly summary: string;
  readonly payload: z.ZodType;
}

/** What goes over the socket, in both directions. */
const events: Readonly<Record<string, Event>> = {
  overview: {
    action: 'send',
    summary: 'All flows, on connecting and then twice a second, changed or not: the sign of life of the line.',
    payload: z.array(FlowOverview),
  },
  status: { action: 'send', summary: 'One watched flow, twice a second.', payload: FlowStatus },
  draft: { action: 'send', summary: 'A draft was written or deleted by somebody.', payload: DraftChange },
  happened: {
    action: 'send',
    summary: 'Something happened to a flow or to the server, or happened again.',
    payload: Happening,
  },
  troubles: {
    action: 'send',
    summary: 'Definitions that could not be used, such as broken files of the flows folder.',
    payload: z.array(Trouble),
  },
  watch: {
    action: 'receive',
    summary: 'From now on tell the status of the flow with this id. Ask again after a reconnect.',
    payload: z.string(),
  },
  unwatch: { action: 'receive', summary: 'Tell it no more.', payload: z.string() },
};

const description = `What the server tells without being asked again, by socket.io (protocol 5) at \`${livePath}\`. Each message is an event of socket.io with one argument, the payload. Events and fields may be added: leave aside what you do not know.`;

/** The AsyncAPI document of the socket's events, from the schemas that server and ui share. */
export const asyncDocument = (): object => {
  const { definitions, properties } = schemasOf(z.object(mapValues(events, ({ payload }) => payload)));
  return {
    asyncapi: '3.0.0',
    info: {
      title: 'SemStreams live',
      version: about.version,
      description,
      license: { name: 'MIT', url: 'https://opensource.org/license/mit' },
      tags: [{ name: 'Live', description: 'What changes, as it changes.' }],
    },
    defaultContentType: 'application/json',
    servers: { own: { host: 'localhost:8080', protocol: 'socket.io', pathname: livePath } },
    channels: {
      live: {
        address: '/',
        messages: mapValues(events, (_, name) => ({ $ref: `#/components/messages/${name}` })),
      },
    },
    operations: mapValues(events, ({ action, summary }, name) => ({
      action,
      summary,
      description: action === 'send' ? 'Sent by the server.' : 'Sent by the client.',
      channel: { $ref: '#/channels/live' },
      messages: [{ $ref: `#/channels/live/messages/${name}` }],
    })),
    components: {
      messages: mapValues(events, ({ summary }, name) => ({ name, summary, payload: properties[name] })),
      schemas: definitions,
    },
  };
};

interface JsonSchemas {
  readonly definitions: Readonly<Record<string, unknown>>;
  readonly properties: Readonly<Record<string, unknown>>;
}

/** What comes from the server is open: it may have more to say tomorrow. */
const schemasOf = (all: z.ZodType): JsonSchemas => {
  const text = JSON.stringify(z.toJSONSchema(all, { target: 'draft-07' }))
    .replaceAll('#/definitions/', '#/components/schemas/')
    .replaceAll(',"additionalProperties":false', '');
  return JSON.parse(text) as JsonSchemas;
};

const mapValues = <Value, Result>(
  values: Readonly<Record<string, Value>>,
  change: (value: Value, name: string) => Result,
): Record<string, Result> =>
  Object.fromEntries(Object.entries(values).map(([name, value]) => [name, change(value, name)]));
