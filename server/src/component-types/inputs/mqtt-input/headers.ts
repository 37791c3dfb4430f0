import type { IPublishPacket } from 'mqtt-packet';
import type { Headers } from '../../../engine/message.ts';

/** So many topics are remembered with the headers of their messages, so that messages share them. */
const mostTopics = 1000;
/** So many characters of properties one message may have. */
const mostCharacters = 16 * 1024;

/** Headers that say what the broker has said, and no property of whoever published. */
const own: ReadonlySet<string> = new Set(['topic', 'retained']);

/** What a message says beside its payload: its topic, whether it was retained, and the properties of MQTT 5. */
export const headersOfPublish = (): ((packet: IPublishPacket) => Headers) => {
  const known = new Map<string, Headers>();
  const plain = (topic: string): Headers => {
    let headers = known.get(topic);
    if (headers) return headers;
    if (known.size >= mostTopics) known.delete(known.keys().next().value!);
    headers = Object.freeze({ topic });
    known.set(topic, headers);
    return headers;
  };
  return ({ topic, retain, properties }) => {
    if (!retain && !properties) return plain(topic);
    return { ...(properties && propertiesOf(properties)), topic, ...(retain && { retained: 'true' }) };
  };
};

const propertiesOf = ({
  contentType,
  responseTopic,
  correlationData,
  userProperties = {},
}: NonNullable<IPublishPacket['properties']>): Headers => {
  const headers: Record<string, string> = {};
  let characters = 0;
  const add = (name: string, value: string): void => {
    characters += name.length + value.length;
    if (characters <= mostCharacters) headers[name] = value;
  };
  if (contentType !== undefined) add('content_type', contentType);
  if (responseTopic !== undefined) add('response_topic', responseTopic);
  if (correlationData !== undefined) add('correlation', correlationData.toString('base64'));
  // a property may come several times; the first one counts
  for (const [name, value] of Object.entries(userProperties))
    if (!own.has(name) && !Object.hasOwn(headers, name)) add(name, Array.isArray(value) ? value[0]! : value);
  return headers;
};
