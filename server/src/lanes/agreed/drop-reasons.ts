import { type ComponentDefinition, engineDrops } from '../../engine/component.ts';

/** All reasons for which a component of this type may give a message up, in the order of its counters. */
export const dropReasonsOf = ({ drops }: Pick<ComponentDefinition, 'drops'>): readonly string[] => [
  ...new Set([...Object.keys(engineDrops), ...Object.keys(drops ?? {})]),
];

/** What a reason means, to stand inside a sentence. */
export const dropSentence = (type: Pick<ComponentDefinition, 'drops'> | undefined, reason: string): string => {
  const engine: Readonly<Record<string, string>> = engineDrops;
  const sentence = type?.drops?.[reason] ?? engine[reason] ?? reason;
  return `${sentence.charAt(0).toLowerCase()}${sentence.slice(1).replace(/\.$/, '')}`;
};
