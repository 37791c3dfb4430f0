import { fieldsNamed, neverSeen, type SeenBefore, seenTogether } from '@semstreams/contract';
import type { Looked } from '../../lanes/agreed/lane-protocol.ts';
import type { FlowRun } from './flow-run.ts';

/** How long after a look the next one comes, in milliseconds: it doubles as long as nothing gets through. */
const firstMs = 1500;
const longestMs = 60_000;
/** So many names are told of those that came by. */
const mostNames = 5;

/** What it takes to find out why nothing gets through. */
export interface WhyWorld {
  /** What came by at the connections of a run. */
  readonly look: (run: FlowRun) => Promise<Looked>;
  /** JSON Schema of the settings of a type. */
  readonly schemaOf: (type: string) => unknown;
}

/**
 * Finds out why components let nothing through: none of the messages had a field that their settings name. The lane is asked
 * seldom, and only where something lets nothing through.
 */
export class WhyNothing {
  private of: FlowRun | undefined;
  private nextAt = 0;
  private waitMs = firstMs;

  constructor(private readonly world: WhyWorld) {}

  /** Looks where that is due; `now` is monotonic, in milliseconds. Resolves when the run knows. */
  async refresh(run: FlowRun, now: number): Promise<void> {
    if (this.of !== run) Object.assign(this, { of: run, nextAt: 0, waitMs: firstMs });
    if (now < this.nextAt || !run.isAtWork || run.quiet.closed.length === 0) return;
    this.nextAt = now + this.waitMs;
    this.waitMs = Math.min(this.waitMs * 2, longestMs);
    try {
      const seen = await this.world.look(run);
      for (const component of run.quiet.closed) run.quiet.explain(component, this.reason(run, component, seen));
    } catch {
      // the run has ended or its lane is busy: it is looked at again when that is due
    }
  }

  private reason(run: FlowRun, component: number, { connections }: Looked): string | undefined {
    const { id, type } = run.plan.components[component]!;
    const before = run.plan.connections
      .filter(({ to }) => to === component)
      .flatMap(({ index }) => connections[index] ?? [])
      .map(({ lookedAt, isCut, fields }): SeenBefore => ({ looked_at: lookedAt, is_cut: isCut, fields }));
    const config = run.version.flow.components.find((each) => each.id === id)?.config;
    return reasonOf(this.world.schemaOf(type), config, seenTogether(before));
  }
}

/** Which field that the settings name never came by, and what may have been meant; undefined where all did. */
export const reasonOf = (schema: unknown, config: unknown, before: SeenBefore): string | undefined => {
  const [first] = neverSeen(fieldsNamed(schema, config), before);
  if (!first) return undefined;
  if (first.instead !== undefined) return `${first.sentence}; did you mean "${first.instead}"?`;
  const names = before.fields.map(({ path }) => path).filter((path) => !path.startsWith('@'));
  const told = names.slice(0, mostNames).map((name) => `"${name}"`);
  if (told.length === 0) return first.sentence;
  return `${first.sentence}; they have ${told.join(', ')}${names.length > mostNames ? ' and others' : ''}`;
};
