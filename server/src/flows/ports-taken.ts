import { Injectable } from '@nestjs/common';
import { type Finding, type Flow, placeOf } from '@semstreams/contract';
import { Catalogue } from '../component-kit/catalogue.ts';
import { Settings } from '../config/settings.ts';
import type { ListenAddress } from '../engine/parking.ts';
import { Deployer } from './deployer.ts';
import { Drafts } from './drafts.ts';
import { clash, type Listening, listeningIn } from './listening.ts';

/** Who else listens on this machine. */
interface Other {
  /** The flow; undefined for the server itself. */
  readonly flow: string | undefined;
  readonly name: string;
  readonly isRunning: boolean;
  readonly listening: readonly Pick<Listening, 'at'>[];
}

/** Whether somebody may learn of a flow. */
export type MayKnow = (flow: string) => boolean;

/** Knows which flows listen where, so that a port that is used twice is said while it is chosen. */
@Injectable()
export class PortsTaken {
  /** By what was stored: a stored value never changes. */
  private readonly known = new WeakMap<Flow, readonly Listening[]>();

  constructor(
    private readonly drafts: Drafts,
    private readonly deployer: Deployer,
    private readonly catalogue: Catalogue,
    private readonly settings: Settings,
  ) {}

  /** A warning for each component of the flow whose port somebody else has, or would have, with a free one. */
  async findings(flow: Flow, mayKnow: MayKnow): Promise<Finding[]> {
    const mine = this.listeningIn(flow);
    return mine.length === 0 ? [] : portFindings(flow, mine, await this.others(flow.id, mayKnow));
  }

  private async others(id: string, mayKnow: MayKnow): Promise<Other[]> {
    const { host, port } = this.settings.values;
    const drafts = new Map((await this.drafts.entries()).map((found) => [found.key, found]));
    const wanted = (await this.deployer.allDeployments()).flatMap((found) =>
      found.kind === 'whole' && found.value.desired === 'running' ? [found.key] : [],
    );
    const running = new Set(wanted);
    const flows = [...new Set([...wanted, ...drafts.keys()])].filter((other) => other !== id);
    return [
      { flow: undefined, name: '', isRunning: true, listening: [{ at: { protocol: 'tcp', host, port } }] },
      ...flows.flatMap((other): Other[] => {
        const draft = drafts.get(other);
        const drafted = draft?.kind === 'whole' ? draft.value : undefined;
        const flow = (running.has(other) ? this.deployer.lastRun(other) : undefined) ?? drafted;
        if (!flow) return [];
        const name = mayKnow(other) ? `the flow “${drafted?.name ?? flow.name}”` : 'another flow';
        return [{ flow: other, name, isRunning: running.has(other), listening: this.listeningIn(flow) }];
      }),
    ];
  }

  private listeningIn(flow: Flow): readonly Listening[] {
    const known = this.known.get(flow) ?? listeningIn(flow, (type) => this.catalogue.get(type));
    this.known.set(flow, known);
    return known;
  }
}

/** Those that run first: they are the ones that have it. */
const portFindings = (flow: Flow, mine: readonly Listening[], others: readonly Other[]): Finding[] => {
  const byUrgency = [...others].sort((a, b) => Number(b.isRunning) - Number(a.isRunning));
  const taken = [...others.flatMap(({ listening }) => listening), ...mine].map(({ at }) => at);
  return mine.flatMap(({ component, at, field }, position): Finding[] => {
    const told = inThisFlow(flow, at, mine.slice(0, position)) ?? elsewhere(at, byUrgency);
    if (told === undefined) return [];
    const index = flow.components.findIndex(({ id }) => id === component);
    const free = freePort(at, taken);
    return [
      {
        severity: 'warning',
        code: 'port_in_use',
        place: placeOf(['components', index, 'config', field]),
        component,
        field,
        sentence: told,
        ...(free === undefined ? {} : { hint: `port ${free} is free`, instead: String(free) }),
      },
    ];
  });
};

const inThisFlow = (flow: Flow, at: ListenAddress, before: readonly Listening[]): string | undefined => {
  const same = before.find((other) => clash(at, other.at));
  if (!same) return undefined;
  const { id, name } = flow.components.find((each) => each.id === same.component)!;
  return `port ${at.port} is used by “${name ?? id}” of this flow, too: only one of them can have it`;
};

const elsewhere = (at: ListenAddress, others: readonly Other[]): string | undefined => {
  const other = others.find(({ listening }) => listening.some((each) => clash(at, each.at)));
  if (!other) return undefined;
  if (other.flow === undefined) return `port ${at.port} is the one at which this server itself answers`;
  return other.isRunning
    ? `port ${at.port} is used by ${other.name}, which runs`
    : `port ${at.port} is used by ${other.name}, too, which does not run now: only one of them can run`;
};

/** How far a free port is looked for. */
const mostSteps = 1000;

/** The next port that no flow uses; undefined where there is none near. */
const freePort = (at: ListenAddress, taken: readonly ListenAddress[]): number | undefined => {
  const isFree = (port: number): boolean => !taken.some((each) => each.protocol === at.protocol && each.port === port);
  for (let port = at.port + 1; port < Math.min(at.port + mostSteps, 65_536); port += 1) if (isFree(port)) return port;
  return undefined;
};
