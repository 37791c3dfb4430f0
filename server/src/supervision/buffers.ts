import { Injectable } from '@nestjs/common';
import { endpointOf, type Finding, type Flow, resolvedConnections } from '@semstreams/contract';
import { Catalogue } from '../component-kit/catalogue.ts';
import type { BufferPlace } from '../nats/storage/stream-names.ts';
import type { Plan } from '../engine/plan.ts';
import { statePlacesOf } from '../nats/storage/state-place.ts';
import { Streams, type Waiting } from '../nats/streams.ts';
import type { WaitingCounts } from './observed/waiting-count.ts';

/** The buffers of flows as a whole: which there are, and what becomes of them. */
@Injectable()
export class Buffers {
  constructor(
    private readonly streams: Streams,
    private readonly catalogue: Catalogue,
  ) {}

  /** A finding for every connection of `before` that `after` no longer has and that still holds messages. */
  async wouldBeDiscarded(after: Flow, before: Flow | undefined): Promise<Finding[]> {
    if (!before) return [];
    const kept = new Set(this.placesOf(after).map(keyOf));
    const findings: Finding[] = [];
    for (const place of this.placesOf(before).filter((each) => !kept.has(keyOf(each)))) {
      const { messages } = await this.streams.waiting(place);
      if (messages > 0) findings.push(findingFor(place, messages));
    }
    return findings;
  }

  /** What waits in the buffers of a plan. */
  async count({ flow, components, connections }: Plan): Promise<WaitingCounts> {
    const counts = new Map<number, Waiting>();
    for (const { index, from, fromPort, to, toPort, buffer } of connections) {
      if (!buffer) continue;
      const place = { flow, from: components[from]!.id, fromPort, to: components[to]!.id, toPort };
      counts.set(index, await this.streams.waiting(place));
    }
    return counts;
  }

  /** How many dead letters a flow has. */
  async countDeadLetters(flow: string): Promise<number> {
    return (await this.streams.deadLetters(flow)).count();
  }

  /** Throws away the buffers of connections that the flow no longer has. */
  async tidy(flow: Flow): Promise<void> {
    const states = statePlacesOf(flow, (type) => this.catalogue.get(type)?.keepsState === true);
    await this.streams.keepOnly(flow.id, [...this.placesOf(flow), ...states]);
  }

  /** Throws away all that a flow has kept, its dead letters too. */
  async removeAll(flow: string): Promise<void> {
    await this.streams.removeAll(flow);
  }

  private placesOf(flow: Flow): BufferPlace[] {
    return resolvedConnections(flow, this.catalogue.checkedTypes())
      .filter(({ delivery }) => delivery === 'guaranteed')
      .map(({ from, to }) => ({
        flow: flow.id,
        from: from.component,
        fromPort: from.port,
        to: to.component,
        toPort: to.port,
      }));
  }
}

const keyOf = (place: BufferPlace): string => Object.values(place).join(' ');

const findingFor = ({ from, fromPort, to, toPort }: BufferPlace, waiting: number): Finding => ({
  severity: 'warning',
  code: 'would_discard',
  place: 'connections',
  component: to,
  sentence: `${waiting} messages wait in the connection ${endpointOf({ component: from, port: fromPort })} → ${endpointOf({ component: to, port: toPort })} and would be thrown away`,
});
