/**
 * A card is called what stands on it: its name, its state with the numbers, its problems. Named by reference, so that
 * numbers change without React Flow learning of it.
 */
export const labelParts = (component: string): { name: string; live: string; problems: string } => ({
  name: `card-${component}`,
  live: `card-live-${component}`,
  problems: `card-problems-${component}`,
});

export const labelIdsOf = (component: string): string => Object.values(labelParts(component)).join(' ');
