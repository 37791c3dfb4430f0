import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';

/** A server-sent event, its data parsed. */
export interface ServerSentEvent {
  readonly event: string;
  readonly data: unknown;
}

/** The events of a stream as they come. Comments, which keep the line open, are passed over. */
export async function* eventsIn(stream: Readable): AsyncIterable<ServerSentEvent> {
  let event = 'message';
  for await (const line of createInterface({ input: stream, crlfDelay: Infinity })) {
    if (line.startsWith('event:')) event = line.slice('event:'.length).trim();
    if (line.startsWith('data:')) yield { event, data: JSON.parse(line.slice('data:'.length)) as unknown };
    if (line === '') event = 'message';
  }
}
