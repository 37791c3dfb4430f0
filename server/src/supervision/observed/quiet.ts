import { spaced, type TypesById } from '@semstreams/contract';
import type { Counters } from '../../engine/counters.ts';
import type { Plan } from '../../engine/plan.ts';

/** Where nothing comes in or out although all is well. It may be as it is meant, so nobody is called for it. */
export interface QuietPlace {
  readonly kind: 'passes_nothing' | 'nothing_comes';
  readonly component: number;
  /** Without the component's name. */
  readonly sentence: string;
}

/** So many messages tell that a component lets nothing through; one or two do not. */
const fewMessages = 3;

/** Watches, since a run began, which of its inputs nothing has come to, and which of its processors let nothing through. */
export class Quiet {
  private readonly began: readonly { readonly in: number; readonly out: number }[];
  private readonly reasons = new Map<number, string>();

  /** Begins with the counters as they are: earlier versions of the flow were others. */
  constructor(
    private readonly plan: Plan,
    private readonly counters: Counters,
    private readonly types: TypesById,
  ) {
    this.began = plan.components.map(({ index }) => ({ in: counters.inOf(index), out: counters.outOf(index) }));
  }

  /** Processors that let nothing through, by their index. */
  get closed(): number[] {
    return this.plan.components
      .filter(({ index, category }) => category === 'processor' && this.came(index) >= fewMessages)
      .filter(({ index }) => this.left(index) === 0)
      .map(({ index }) => index);
  }

  /** Takes note of why a component lets nothing through, as far as that is known. */
  explain(component: number, reason: string | undefined): void {
    if (reason === undefined) this.reasons.delete(component);
    else this.reasons.set(component, reason);
  }

  /** All such places, processors first. `own` is what a component says itself. */
  places(own: (component: number) => string): QuietPlace[] {
    const closed = this.closed.map((component): QuietPlace => {
      const came = spaced(this.came(component));
      const isHolding = this.types.get(this.plan.components[component]!.type)?.keepsState === true;
      const told = isHolding ? `has let nothing out yet, ${came} went in` : `lets none of ${came} through`;
      return { kind: 'passes_nothing', component, sentence: because(told, this.reasons.get(component) ?? '') };
    });
    const silent = this.plan.components
      .filter(({ index, category }) => category === 'input' && this.left(index) === 0)
      .map(({ index }): QuietPlace => {
        const sentence = because('nothing has come yet', own(index));
        return { kind: 'nothing_comes', component: index, sentence };
      });
    return [...closed, ...silent];
  }

  private came(component: number): number {
    return this.counters.inOf(component) - this.began[component]!.in;
  }

  private left(component: number): number {
    return this.counters.outOf(component) - this.began[component]!.out;
  }
}

const because = (sentence: string, reason: string): string => (reason === '' ? sentence : `${sentence}: ${reason}`);
