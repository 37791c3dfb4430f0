import { FarSide, farSides, type Link } from '@semstreams/contract';
import { z } from 'zod';
import type { FlowRun } from './flow-run.ts';

const FarSides = z.array(FarSide);

/** The components of a run that link this location with others: those that tell of far sides in their facts. */
export const linksOf = ({ plan, components, version }: FlowRun): readonly Link[] =>
  plan.components.flatMap(({ id, type, category, index }) => {
    const { state, sentence, facts } = components[index]!;
    const told = FarSides.safeParse(facts[farSides]);
    if (!told.success) return [];
    // what was told last holds no longer than it is at work
    const isAtWork = state === 'running' || state === 'waiting';
    return {
      ...{ flow: version.flow.id, component: id, type },
      direction: category === 'input' ? ('from' as const) : ('to' as const),
      ...{ state, sentence, far_sides: isAtWork ? told.data : [] },
    };
  });
