import { endpointOf, type SeenConnection, type TriedComponent } from '@semstreams/contract';
import type { RunningFlow } from '../../engine/run-flow.ts';
import type { Plan } from '../../engine/plan.ts';
import { type Hide, hideIn, hideSecrets } from '../../engine/without-secrets.ts';
import { fieldsOf, SeenFields } from '../../engine/seen-fields.ts';
import type { TrialOrder } from '../trial-order.ts';
import type { Prepared } from './trial-parts.ts';
import type { TrialRecord } from './trial-record.ts';

type Facts = Readonly<Record<string, unknown>>;
const longestFacts = 4096;

/** What became of each component of a flow, upstream before downstream. */
export const triedComponents = (
  { types, flow }: Pick<TrialOrder, 'types' | 'flow'>,
  given: {
    readonly plan: Plan;
    readonly prepared: Prepared;
    readonly record: TrialRecord;
    readonly hide: Hide;
    /** Why components gave up while they were tried. */
    readonly broke: ReadonlyMap<string, string>;
    readonly facts: readonly (Facts | undefined)[];
  },
): TriedComponent[] => {
  const { plan, prepared, record, hide, broke, facts } = given;
  return plan.order.flatMap((index): TriedComponent[] => {
    const { id } = plan.components[index]!;
    const component = flow.components.find((each) => each.id === id);
    if (!component) return [];
    const sentence = prepared.broken.get(id) ?? broke.get(id);
    const isMuted = types[component.type] !== undefined && types[component.type]!.category !== 'processor';
    const tally = record.tallyOf(id);
    const told = isMuted ? undefined : factsIn(facts[index], hide);
    return [
      {
        id,
        state: sentence !== undefined ? 'broken' : isMuted ? 'muted' : 'tried',
        ...(sentence === undefined ? {} : { sentence: hide(sentence) }),
        ...tally,
        ...(told === undefined ? {} : { facts: told }),
      },
    ];
  });
};

const factsIn = (facts: Facts | undefined, hide: Hide): Facts | undefined => {
  try {
    const text = JSON.stringify(facts ?? {});
    if (text === '{}' || text.length > longestFacts) return undefined;
    return hideIn(JSON.parse(text), hide) as Facts;
  } catch {
    return undefined;
  }
};

/** Looks at what comes by at the connections; what enters at a component came by at all that lead there. */
export const watchFields = (
  flow: RunningFlow,
  { connections }: Plan,
  secrets: readonly string[],
): { tell(idOf: (component: number) => string): SeenConnection[] } => {
  const mask = hideSecrets(secrets);
  const looks = connections.map(({ index }) => {
    const look = { fields: new SeenFields(), lookedAt: 0 };
    flow.watch(index, (batch) => {
      for (const message of batch) {
        look.lookedAt += 1;
        try {
          look.fields.add(fieldsOf(message, mask));
        } catch {
          // what cannot be looked at goes on all the same
        }
      }
    });
    return look;
  });
  return {
    tell: (idOf) =>
      connections.flatMap(({ index, from, fromPort, to, toPort }) => {
        const { fields, lookedAt } = looks[index]!;
        if (lookedAt === 0) return [];
        return [
          {
            from: endpointOf({ component: idOf(from), port: fromPort }),
            to: endpointOf({ component: idOf(to), port: toPort }),
            looked_at: lookedAt,
            fields: fields.tell(),
            is_cut: fields.isCut,
          },
        ];
      }),
  };
};
