import { type ComponentDefinition, engineDrops } from '../engine/component.ts';

/** All reasons for which a component of this type may give a message up, in the order of its counters. */
export const dropReasonsOf = ({ drops }: Pick<ComponentDefinition, 'drops'>): readonly string[] => [
  ...new Set([...Object.keys(engineDrops), ...Object.keys(drops ?? {})]),
];
