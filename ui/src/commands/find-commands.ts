import type { Command } from './commands.ts';

/** Commands that hold every word of the search, those that begin with it first; all of them without a search. */
export const findCommands = (commands: readonly Command[], search: string): Command[] => {
  const words = search.toLowerCase().split(/\s+/).filter(Boolean);
  if (words.length === 0) return [...commands];
  return commands
    .map((command) => ({ command, score: scoreOf(command, words) }))
    .filter(({ score }) => score > 0)
    .sort((a, b) => b.score - a.score)
    .map(({ command }) => command);
};

/** 0 where a word is missing. A word counts most at the start of the title, then at the start of a word, then inside. */
const scoreOf = ({ title, group, keywords = [] }: Command, words: readonly string[]): number => {
  const heading = title.toLowerCase();
  const rest = [group, ...keywords].join(' ').toLowerCase();
  const scores = words.map((word) => {
    if (heading.startsWith(word)) return 4;
    if (heading.includes(` ${word}`) || heading.includes(`“${word}`)) return 3;
    if (heading.includes(word)) return 2;
    return rest.includes(word) ? 1 : 0;
  });
  return scores.includes(0) ? 0 : scores.reduce<number>((sum, score) => sum + score, 0);
};
