import { pathToFileURL } from 'node:url';
import { ComponentType, TypeId } from '@semstreams/contract';
import { z } from 'zod';
import { type ComponentDefinition, defineComponent, describe, input, output } from '../engine/component.ts';
import { FatalFault, InvalidMessage, SomeFailed, TransientFault } from '../engine/fault.ts';

/** What a file with a component type of one's own is given, so that it need not import anything of ours. */
const kit = { defineComponent, input, output, z, faults: { FatalFault, InvalidMessage, SomeFailed, TransientFault } };
export type ComponentKit = typeof kit;

/**
 * Loads a component type from a file whose default export makes the definition from the kit:
 * `export default ({ defineComponent, input, z }) => defineComponent({ … })`. Throws an Error that says what is wrong.
 */
export const loadOwnComponent = async (file: string): Promise<ComponentDefinition> => {
  const module = (await import(/* @vite-ignore */ pathToFileURL(file).href)) as { readonly default?: unknown };
  if (typeof module.default !== 'function')
    throw new Error('its default export is no function that makes a component type');
  const definition: unknown = (module.default as (given: ComponentKit) => unknown)(kit);
  const shape = z.looseObject({
    type: TypeId,
    category: z.enum(['input', 'processor', 'output']),
    title: z.string(),
    summary: z.string(),
    icon: z.string().regex(/^[a-z0-9-]{1,64}$/, 'must be the name of a lucide icon, such as "plane"'),
    ports: z.record(z.string(), z.unknown()),
    config: z.custom<z.ZodType>((value) => value instanceof z.ZodType, 'must be a schema'),
    examples: z.array(z.unknown()),
    create: z.custom<() => unknown>((value) => typeof value === 'function', 'must be a function'),
  });
  const parsed = shape.safeParse(definition);
  if (parsed.success) return definition as ComponentDefinition;
  const [issue] = parsed.error.issues;
  throw new Error(`its component type has a wrong "${issue?.path.join('.')}": ${issue?.message}`);
};

/** Largest description of a component type, as JSON, in characters: the editor takes all of them at once. */
const longestDescription = 256 * 1024;

/** The definition as the catalogue shows it. Throws an Error that says why it cannot be shown. */
export const descriptionOf = (definition: ComponentDefinition): ComponentType => {
  const description = described(definition);
  const parsed = ComponentType.safeParse(description);
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    throw new Error(`its component type has a wrong "${issue?.path.join('.')}": ${issue?.message}`);
  }
  const { length } = JSON.stringify(parsed.data);
  if (length > longestDescription)
    throw new Error(`its description has ${length} characters, and may have ${longestDescription}`);
  return JSON.parse(JSON.stringify(parsed.data)) as ComponentType;
};

const described = (definition: ComponentDefinition): unknown => {
  try {
    return describe(definition);
  } catch (cause) {
    throw new Error(`its settings cannot be shown as a form: ${(cause as Error).message}`, { cause });
  }
};
