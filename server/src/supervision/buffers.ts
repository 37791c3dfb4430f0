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

  /**
   * What is lost with `after` in the place of `before`, or when `before` is deleted: a finding for every connection that is no
   * more and still holds messages, and for every output where receivers have places that it cannot keep for them.
   */
  async wouldBeLost(before: Flow | undefined, after?: Flow): Promise<Finding[]> {
    if (!before) return [];
    const kept = new Set(after && this.placesOf(after).map(keyOf));
    const followed = after && this.followedIn(after);
    const names = new Map<string, Set<string>>();
    const findings: Finding[] = [];
    for (const place of this.placesOf(before)) {
      const messages = kept.has(keyOf(place)) ? 0 : (await this.streams.waiting(place)).messages;
      if (messages > 0) findings.push(wouldDiscard(place, messages));
      if (followed?.has(place.to)) continue;
      for (const { name } of await this.streams.followers(place))
        names.set(place.to, (names.get(place.to) ?? new Set()).add(name));
    }
    return [...findings, ...[...names].map(([component, all]) => wouldForget(component, [...all]))];
  }

  /** Receivers that have a place at an output have it in its new connections, too: what comes while they are away waits there. */
  async carryPlaces(before: Flow | undefined, after: Flow): Promise<void> {
    if (!before) return;
    const known = this.placesOf(before);
    const followed = this.followedIn(after);
    const places = this.placesOf(after).filter(({ to }) => followed.has(to));
    for (const to of new Set(places.map((place) => place.to))) {
      const into = (each: BufferPlace): boolean => each.to === to;
      await this.streams.carryFollowers(known.filter(into), places.filter(into));
    }
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

  /** The components that hand on what is kept by names: all that leads to them is kept. */
  private followedIn(flow: Flow): ReadonlySet<string> {
    const live = new Set(
      resolvedConnections(flow, this.catalogue.checkedTypes())
        .filter(({ delivery }) => delivery !== 'guaranteed')
        .map(({ to }) => to.component),
    );
    const follows = ({ type, config = {} }: Flow['components'][number]): boolean => {
      const definition = this.catalogue.get(type);
      const parsed = definition?.config.safeParse(config);
      return definition?.follows?.(parsed?.success ? parsed.data : config) === true;
    };
    return new Set(flow.components.filter((each) => follows(each) && !live.has(each.id)).map(({ id }) => id));
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

const wouldDiscard = ({ from, fromPort, to, toPort }: BufferPlace, waiting: number): Finding => ({
  severity: 'warning',
  code: 'would_discard',
  place: 'connections',
  component: to,
  sentence: `${waiting} messages wait in the connection ${endpointOf({ component: from, port: fromPort })} → ${endpointOf({ component: to, port: toPort })} and would be thrown away`,
  hint: 'let them be delivered first',
});

/** So many names are told. */
const mostNames = 5;

const wouldForget = (component: string, names: readonly string[]): Finding => {
  const told = names.slice(0, mostNames).map((name) => `"${name}"`);
  const more = names.length > mostNames ? [`${names.length - mostNames} more`] : [];
  const all = [...told, ...more];
  const who = all.length === 1 ? all[0] : `${all.slice(0, -1).join(', ')} and ${all.at(-1)}`;
  const [verb, their, them] = names.length === 1 ? ['loses', 'its place', 'it'] : ['lose', 'their places', 'them'];
  return {
    severity: 'warning',
    code: 'would_forget',
    place: 'components',
    component,
    sentence: `${who} ${verb} ${their} at "${component}": what has not got there yet, and what comes until ${them === 'it' ? 'it connects' : 'they connect'} anew, is not sent to ${them}`,
    hint: `keep the component "${component}" with guaranteed connections`,
  };
};
