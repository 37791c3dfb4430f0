import type { ComponentState, Observed, TypesById, Version } from '@semstreams/contract';
import type { Facts } from '../../engine/component.ts';
import { Counters, type DropReasons, noTotals, reasonsWith } from '../../engine/counters.ts';
import type { Hand } from '../../engine/hand-on.ts';
import { type Plan, planFlow, reachedLive } from '../../engine/plan.ts';
import { Attention, type Trouble } from './attention.ts';
import { dropSentence } from '../../lanes/agreed/drop-reasons.ts';
import type { FromRun, RunId } from '../../lanes/agreed/lane-protocol.ts';
import { Rates } from './rates.ts';
import { Quiet } from './quiet.ts';
import { SinceWhen } from './since-when.ts';
import { type Loss, Recent } from './recent.ts';

interface ComponentView {
  state: ComponentState;
  sentence: string;
  since: Date;
  facts: Facts;
  /** Since when it has not answered, by the monotonic clock in milliseconds; undefined where it has. */
  silentSince: number | undefined;
  /** Why the last message that could never work was given up; it stays, whatever the component tells beside. */
  lastInvalid: string | undefined;
}

let lastRun = 0;

/** How often it is noted what was lost, in milliseconds. */
const noteMs = 1000;

/** One start of one version of a flow, as the main thread sees it. */
export class FlowRun {
  readonly id: RunId = (lastRun += 1);
  readonly plan: Plan;
  /** As its lane has told them last. */
  readonly counters: Counters;
  /** What its guaranteed connections had in hand when it ended badly, by their titles. */
  hands: Readonly<Record<string, Hand>>;
  readonly rates = new Rates();
  readonly components: readonly ComponentView[];
  observed: Observed = 'starting';
  sentence = '';
  since = new Date();
  /** What of a running flow needs a person, the most telling first. */
  troubles: readonly Trouble[] = [];
  /** How its counters grew of late, in this run and in those before. */
  readonly recent: Recent;
  /** Where nothing comes in or out since it began. */
  readonly quiet: Quiet;
  readonly noticed = new SinceWhen();
  private readonly attention: Attention;
  private notedAt = -Infinity;
  /** The changes of the counters that are noted, and those that were judged with what was noted until then. */
  private noted: number | undefined;
  private judged: number | undefined;

  constructor(
    readonly version: Version,
    private readonly types: TypesById,
    dropReasons: DropReasons,
    earlier: FlowRun | undefined,
  ) {
    this.plan = planFlow(version.flow, types);
    const before = earlier?.counters.totals() ?? noTotals;
    this.counters = new Counters(this.plan, reasonsWith(dropReasons, before));
    this.counters.continueFrom(before);
    this.hands = earlier?.hands ?? {};
    this.recent = earlier?.recent ?? new Recent();
    this.recent.begin(this.plan, this.counters);
    this.attention = new Attention(this.plan, this.counters);
    this.quiet = new Quiet(this.plan, this.counters, types);
    this.components = this.plan.components.map(({ id }) => ({
      state: 'starting',
      sentence: '',
      since: this.since,
      facts: {},
      silentSince: undefined,
      lastInvalid: earlier?.lastInvalidOf(id),
    }));
  }

  get flow(): string {
    return this.version.flow.id;
  }

  /**
   * Takes over what the lane tells about this run, and says whether it was news: what a lane tells may have been overtaken
   * by a failure, by the end of the lane or by the wish to stop, and does not take those back.
   */
  hear(message: FromRun): boolean {
    switch (message.kind) {
      case 'layout':
        // a component type may have changed since this process read it
        this.counters.rearrange(message.reasons);
        return true;
      case 'counted':
        this.counters.take(message.values);
        return true;
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
      case 'silent': {
        const component = this.components[this.indexOf(message.component)];
        if (!component) return false;
        component.silentSince = message.forMs === undefined ? undefined : performance.now() - message.forMs;
        this.judged = undefined;
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
      case 'noted':
      case 'logged':
        return true;
      case 'stopped':
        if (this.observed !== 'failed') this.become('stopped', message.problem ?? '');
        return true;
    }
  }

  get isAtWork(): boolean {
    return this.observed === 'running' || this.observed === 'degraded';
  }

  /**
   * It has ended badly: what was in hand is under suspicion where its connection leads to the component at work, or nobody
   * knows which one that was.
   */
  suspect(component: number | undefined, hands: Readonly<Record<string, Hand>>): void {
    const { connections } = this.plan;
    const suspects = connections.filter(
      ({ to, title }) => hands[title] && (component === undefined || reachedLive([to], connections).has(component)),
    );
    this.hands = Object.fromEntries(suspects.map(({ title }) => [title, hands[title]!]));
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
    if (!this.isAtWork) this.troubles = [];
    if (observed === 'stopped' || observed === 'starting')
      for (const component of this.components) change(component, observed, '');
  }

  /**
   * Takes note of how the counters grow, and returns what was lost; `now` is monotonic, in milliseconds, and so is the moment
   * at which the lane told the counters. A flow in which nothing happens costs nearly nothing.
   */
  sample(now: number, toldAt = now): readonly Loss[] {
    this.rates.sample(this.counters, toldAt);
    const losses = now >= this.notedAt + noteMs || now < this.notedAt ? this.note(now) : [];
    const isKnown = this.attention.isSettled && this.judged === this.counters.changes;
    if (this.isAtWork && !isKnown) this.judge(now);
    return losses;
  }

  /** Why messages of a component were given up, in words: the last one's own reason, or what the reason means. */
  whyLost(component: number, reason: string): string {
    const { type } = this.plan.components[component]!;
    const why = reason === 'invalid' ? this.components[component]!.lastInvalid : undefined;
    return why ?? dropSentence(this.types.get(type), reason);
  }

  private note(now: number): Loss[] {
    this.notedAt = now;
    if (this.noted === this.counters.changes) return [];
    this.noted = this.counters.changes;
    this.judged = undefined;
    return this.recent.note(this.plan, this.counters, {
      now,
      isPlanned: (type, reason) => this.types.get(type)?.plannedDrops?.includes(reason) ?? false,
    });
  }

  /** Running, or degraded when something about it needs a person. */
  private judge(now = performance.now()): void {
    this.judged = this.counters.changes;
    this.troubles = this.attention.judge({
      recent: this.recent,
      now,
      wallNow: Date.now(),
      waitsFor: (index) => {
        const { state, sentence } = this.components[index]!;
        return state === 'waiting' ? sentence : undefined;
      },
      silentFor: (index) => {
        const { silentSince } = this.components[index]!;
        return silentSince === undefined ? undefined : now - silentSince;
      },
      whyLost: (component, reason) => this.whyLost(component, reason),
    });
    if (this.troubles.length === 0) this.become('running', '');
    else this.become('degraded', this.troubles.map((trouble) => this.inWords(trouble)).join('; '));
  }

  private inWords({ kind, component, sentence }: Trouble): string {
    if (kind === 'waits') return `${this.nameOf(component)} waits: ${sentence}`;
    if (kind === 'nearly_full') return `the buffer before ${this.nameOf(component)} is nearly full`;
    if (kind === 'silent') return `${this.nameOf(component)} ${sentence}`;
    return `${this.nameOf(component)}: ${sentence}`;
  }

  nameOf(component: number): string {
    const { id, name } = this.plan.components[component]!;
    return `“${name ?? id}”`;
  }

  stateOf(id: string): ComponentState | undefined {
    return this.components[this.indexOf(id)]?.state;
  }

  lastInvalidOf(id: string): string | undefined {
    return this.components[this.indexOf(id)]?.lastInvalid;
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
