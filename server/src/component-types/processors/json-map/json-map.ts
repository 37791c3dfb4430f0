import { type Own, remover } from '../../../engine/field-path.ts';
import { type Change, leftOut, set } from './change.ts';
import { compileStep } from './compile-step.ts';
import { bytesOfSetting, Growth } from './growth.ts';
import { type Mappings, moveAll, pairsOf } from './new-names.ts';
import type { Step } from './step.ts';

export interface MapConfig {
  readonly steps: readonly Step[];
  readonly mappings: Mappings;
  readonly add_fields: Readonly<Record<string, unknown>>;
  readonly remove_fields: readonly string[];
}

/**
 * One function for all changes, made once: new names, removed fields, added fields, and the steps in their order. A field
 * that was removed and got its name anew stays: what is removed is what came in.
 * Gives `leftOut` for a message that goes no further. `growth` tells after each message by how much it has grown. Throws an InvalidMessage where that is more than it may be.
 */
export const compile = (
  { steps, mappings, add_fields, remove_fields }: MapConfig,
  growth = new Growth(),
): ((payload: unknown, cameInMs?: number) => unknown) => {
  const pairs = pairsOf(mappings);
  const renamed = new Set(pairs.map(({ target_field }) => target_field));
  const changes = [
    ...(pairs.length > 0 ? [moveAll(pairs, remove_fields, growth)] : []),
    ...remove_fields.filter((field) => !renamed.has(field)).map(remover),
    ...Object.entries(add_fields).map(([field, value]): Change => set(field, value)),
    ...steps.map((step) => compileStep(step, growth)),
  ];
  const settings = [
    ...Object.entries(add_fields),
    ...steps.flatMap((step) => (step.do === 'set' ? [[step.field, step.value] as const] : [])),
  ];
  const sameForAll = settings.reduce((sum, [field, value]) => sum + bytesOfSetting(field, value), 0);
  const mine: Own = [];
  return (payload, cameInMs = 0) => {
    let changed = payload;
    mine.length = 0;
    growth.bytes = sameForAll;
    for (const change of changes) {
      changed = change(changed, mine, cameInMs);
      if (changed === leftOut) break;
    }
    return changed;
  };
};
