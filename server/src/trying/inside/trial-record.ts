import type { TappedMessage, TrialStep } from '@semstreams/contract';
import type { Batch, Message } from '../../engine/message.ts';

/** So many steps are told, and messages of so many characters together; the rest is counted alone. */
const mostSteps = 5000;
const mostCharacters = 2 * 1024 ** 2;

type Made = Readonly<Record<string, Message | Batch | undefined>> | undefined | void;

interface MadeMessage {
  readonly port: string;
  readonly message: Message;
}

/** What is counted of one component. */
export interface Tally {
  in: number;
  nothing: number;
  failed: number;
  readonly out: Record<string, number>;
}

/** One step that is under way. What its component says meanwhile belongs to it. */
export interface OpenStep {
  readonly component: string;
  readonly port?: string;
  readonly given?: Message;
  /** Why it gives the message up, or parts of it. */
  readonly said: string[];
  /** How many parts of the message it refused. */
  refused: number;
}

/** Notes what components make of messages: who made which of which. A message that goes on as it is keeps its number. */
export class TrialRecord {
  readonly messages: TappedMessage[] = [];
  readonly steps: TrialStep[] = [];
  isCut = false;
  private readonly numbers = new WeakMap<Message, number>();
  private readonly tallies = new Map<string, Tally>();
  private characters = 0;

  /** @param show makes a message fit for people; `hide` a sentence */
  constructor(
    private readonly show: (message: Message) => TappedMessage,
    private readonly hide: (sentence: string) => string,
  ) {}

  /** The number of a message; it gets one where it has none. Undefined where there are too many. */
  numberOf(message: Message): number | undefined {
    const known = this.numbers.get(message);
    if (known !== undefined) return known;
    if (this.characters > mostCharacters) {
      this.isCut = true;
      return undefined;
    }
    const shown = this.show(message);
    this.characters += shown.payload.length + Object.values(shown.headers).join('').length;
    this.numbers.set(message, this.messages.length);
    return this.messages.push(shown) - 1;
  }

  tallyOf(component: string): Tally {
    const known = this.tallies.get(component) ?? { in: 0, nothing: 0, failed: 0, out: {} };
    this.tallies.set(component, known);
    return known;
  }

  /** A handler has returned. `why` says more of a message that did not go on by the first port. */
  made(step: OpenStep, made: Made, why?: () => string | undefined): void {
    const all = Object.entries(made ?? {}).flatMap(([port, some]) =>
      some === undefined ? [] : [some].flat().map((message) => ({ port, message })),
    );
    const tally = this.tallyOf(step.component);
    for (const { port } of all) tally.out[port] = (tally.out[port] ?? 0) + 1;
    if (step.given) tally.in += 1;
    if (step.refused > 0) tally.failed += 1;
    else if (step.given && all.length === 0) tally.nothing += 1;
    if (!step.given && all.length === 0) return;
    const reason = [...step.said, ...[why?.() ?? []].flat()].join('; ');
    const outcome = all.length > 0 ? 'made' : step.refused > 0 ? 'failed' : 'nothing';
    this.note(step, outcome, { all, reason });
  }

  failed(step: OpenStep, reason: string): void {
    const tally = this.tallyOf(step.component);
    if (step.given) tally.in += 1;
    tally.failed += 1;
    this.note(step, 'failed', { reason });
  }

  /** An output would have sent it, or a component that does not work would have had it. */
  ended(step: OpenStep, outcome: 'sent' | 'stopped'): void {
    this.tallyOf(step.component).in += 1;
    this.note(step, outcome, {});
  }

  private note(
    { component, port, given }: OpenStep,
    outcome: TrialStep['outcome'],
    { all = [], reason = '' }: { readonly all?: readonly MadeMessage[]; readonly reason?: string },
  ): void {
    if (this.steps.length >= mostSteps) {
      this.isCut = true;
      return;
    }
    const number = given && this.numberOf(given);
    this.steps.push({
      component,
      ...(port === undefined ? {} : { port }),
      ...(number === undefined ? {} : { given: number }),
      outcome,
      made: all.flatMap(({ port: to, message }) => {
        const made = this.numberOf(message);
        return made === undefined ? [] : [{ port: to, message: made }];
      }),
      ...(reason === '' ? {} : { reason: this.hide(reason) }),
    });
  }
}
