import { inOrder } from '../component-kit/palette-order.ts';
import type { z } from 'zod';
import type { ComponentDefinition, Probe } from '../engine/component.ts';
import { FatalFault } from '../engine/fault.ts';

const bundled = import.meta.glob<Readonly<Record<string, unknown>>>('../component-types/*/*/*.component.ts');

/** Loads one component type and nothing else: the bundled one, or the one in `ownFile`. */
export const loadDefinition = async (type: string, ownFile: string | undefined): Promise<ComponentDefinition> => {
  if (ownFile !== undefined) return (await import('./own-components.ts')).loadOwnComponent(ownFile);
  const folder = type.replaceAll('_', '-');
  const load = Object.entries(bundled).find(([path]) => path.endsWith(`/${folder}/${folder}.component.ts`))?.[1];
  if (!load) throw new FatalFault(`there is no component type "${type}"`);
  const definition = Object.values(await load()).find(isDefinition);
  if (!definition) throw new FatalFault(`the folder "${folder}" exports no component type`);
  return definition;
};

/** Every component type that comes with the product, in the order of the palette. */
export const loadAllDefinitions = async (): Promise<ComponentDefinition[]> => {
  const modules = await Promise.all(Object.values(bundled).map(async (load) => load()));
  return inOrder(modules.flatMap((module) => Object.values(module).filter(isDefinition)));
};

const probes = import.meta.glob<{ readonly probe: Probe<z.ZodType> }>('../component-types/*/*/*.probe.ts');

/** How the connection of a type is tested; undefined for one that cannot be. */
export const loadProbe = async (definition: ComponentDefinition): Promise<Probe<z.ZodType> | undefined> => {
  const folder = definition.type.replaceAll('_', '-');
  const load = Object.entries(probes).find(([path]) => path.endsWith(`/${folder}/${folder}.probe.ts`))?.[1];
  return load ? (await load()).probe : definition.probe;
};

const isDefinition = (value: unknown): value is ComponentDefinition =>
  typeof value === 'object' && value !== null && 'type' in value && 'create' in value;
