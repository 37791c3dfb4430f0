import type { ComponentState, Observed, TypesById, Version } from '@semstreams/contract';
import type { Facts } from '../engine/component.ts';
import { Counters, type DropReasons } from '../engine/counters.ts';
import { emptyHand } from '../engine/hand-on.ts';
import { type Plan, planFlow, reachedLive } from '../engine/plan.ts';
import type { FromLane, RunId } from './lane-protocol.ts';
import { Rates } from './rates.ts';

interface ComponentView {
  state: ComponentState;
  sentence: string;
  since: Date;
  facts: Facts;
  /** Why the last message that could never work was given up; it stays, whatever the component tells beside. */
  lastInvalid?: string;
}

let lastRun = 0;

/** A buffer needs attention from this part of its limit on, and no longer below the other one. */
const nearlyFull = { from: 0.9, until: 0.8 } as const;

/** One start of one version of a flow, as the main thread sees it. */
export class FlowRun {
  readonly id: RunId = (lastRun += 1);
  readonly plan: Plan;
  readonly counters: Counters;
  readonly rates = new Rates();
  readonly components: readonly ComponentView[];
  observed: Observed = 'starting';
  sentence = '';
  since = new Date();
  private isNearlyFull = false;

  constructor(
    readonly version: Version,
    types: TypesById,
    dropReasons: DropReasons,
    earlier: FlowRun | undefined,
  ) {
    this.plan = planFlow(version.flow, types);
    this.counters = new Counters(this.plan, dropReasons);
    if (earlier) this.counters.continueFrom(earlier.counters);
    this.components = this.plan.components.map(() => ({
      state: 'starting',
      sentence: '',
      since: this.since,
      facts: {},
    }));
  }

  get flow(): string {
    return this.version.flow.id;
  }

  /**
   * Takes over what the lane tells about this run, and says whether it was news: what a lane tells may have been overtaken
   * by a failure, by the end of the lane or by the wish to stop, and does not take those back.
   */
  hear(message: Exclude<FromLane, { readonly kind: 'ready' | 'injected' | 'tapped' }>): boolean {
    switch (message.kind) {
      case 'running':
        if (this.observed !== 'starting') return false;
        for (const component of this.components) if (component.state === 'starting') change(component, 'running', '');
        this.judge();
        return true;
      case 'report': {
        const component = this.components[this.indexOf(message.component)];
        if (!component || !(this.isAtWork || this.observed === 'starting')) return false;
        change(component, message.state, message.sentence);
        if (this.isAtWork) this.judge();
        return true;
      }
      case 'facts':
        for (const [id, facts] of Object.entries(message.facts)) {
          const component = this.components[this.indexOf(id)];
          if (component) component.facts = facts;
        }
        return true;
      case 'invalid': {
        const component = this.components[this.indexOf(message.component)];
        if (component) component.lastInvalid = message.sentence;
        return component !== undefined;
      }
      case 'failed':
        if (!this.isAtWork && this.observed !== 'starting') return false;
        this.fail(message.component, message.sentence);
        return true;
      case 'stopped':
        if (this.observed !== 'failed') this.become('stopped', message.problem ?? '');
        return true;
    }
  }

  private get isAtWork(): boolean {
    return this.observed === 'running' || this.observed === 'degraded';
  }

  /**
   * The lane has ended under it. What was in hand is under suspicion only where this flow was the culprit, and its
   * connection leads to the component at work, or nobody knows which one that was.
   */
  suspect(isCulprit: boolean, component: number | undefined): void {
    const { connections } = this.plan;
    for (const { index, to } of connections) {
      const isSuspect = isCulprit && (component === undefined || reachedLive([to], connections).has(component));
      if (!isSuspect) this.counters.setHand(index, emptyHand);
    }
  }

  fail(id: string | undefined, sentence: string): void {
    const index = id === undefined ? -1 : this.indexOf(id);
    this.components.forEach((component, at) =>
      at === index ? change(component, 'failed', sentence) : change(component, 'stopped', ''),
    );
    const named = id === undefined ? sentence : `“${this.version.flow.components[index]?.name ?? id}”: ${sentence}`;
    this.become('failed', named);
  }

  become(observed: Observed, sentence: string): void {
    if (observed !== this.observed) this.since = new Date();
    this.observed = observed;
    this.sentence = sentence;
    if (observed === 'stopped' || observed === 'starting')
      for (const component of this.components) change(component, observed, '');
  }

  /** Takes note of how the counters grow; `now` is monotonic, in milliseconds. */
  sample(now: number): void {
    this.rates.sample(this.counters, now);
    if (this.isAtWork) this.judge();
  }

  /** Running, or degraded when a component says that it waits, or a buffer will soon have no room. */
  private judge(): void {
    const most = this.isNearlyFull ? nearlyFull.until : nearlyFull.from;
    const full = this.plan.connections.find(
      ({ index, buffer }) => buffer && this.counters.connection(index).waitingBytes > buffer.maxBytes * most,
    );
    this.isNearlyFull = full !== undefined;
    const at = this.components.findIndex(({ state }) => state === 'waiting');
    if (at >= 0) return this.become('degraded', `${this.nameOf(at)} waits: ${this.components[at]!.sentence}`);
    if (full) this.become('degraded', `the buffer before ${this.nameOf(full.to)} is nearly full`);
    else this.become('running', '');
  }

  private nameOf(component: number): string {
    const { id, name } = this.plan.components[component]!;
    return `“${name ?? id}”`;
  }

  stateOf(id: string): ComponentState | undefined {
    return this.components[this.indexOf(id)]?.state;
  }

  private indexOf(id: string): number {
    return this.plan.components.findIndex((component) => component.id === id);
  }
}

const change = (component: ComponentView, state: ComponentState, sentence: string): void => {
  if (component.state !== state) component.since = new Date();
  component.state = state;
  component.sentence = sentence;
};
