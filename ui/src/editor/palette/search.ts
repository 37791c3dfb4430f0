import { type Category, type ComponentType, kindsFit, type Port, portsOf } from '@semstreams/contract';

/** Categories by what people want, in the order in which data goes. */
export const intents: readonly { readonly category: Category; readonly title: string }[] = [
  { category: 'input', title: 'Get data in' },
  { category: 'processor', title: 'Change data' },
  { category: 'output', title: 'Send data out' },
];

/** The types in which every word of the query is found, best first: in the name, then in other words for it, then in the summary. */
export const searchTypes = (types: readonly ComponentType[], query: string): ComponentType[] => {
  const words = query.toLowerCase().split(/\s+/).filter(Boolean);
  if (words.length === 0) return [...types];
  return types
    .map((type) => ({ type, score: Math.min(...words.map((word) => scoreOf(type, word))) }))
    .filter(({ score }) => score > 0)
    .sort((a, b) => b.score - a.score)
    .map(({ type }) => type);
};

const scoreOf = ({ title, type, keywords, summary }: ComponentType, word: string): number => {
  const name = title.toLowerCase();
  if (name.startsWith(word)) return 5;
  if (name.includes(word)) return 4;
  if (keywords.some((keyword) => keyword.startsWith(word)) || type.startsWith(word)) return 3;
  if (keywords.some((keyword) => keyword.includes(word)) || type.includes(word)) return 2;
  return summary.toLowerCase().includes(word) ? 1 : 0;
};

export interface Fitting {
  readonly type: ComponentType;
  readonly port: string;
}

/** What can stand behind an output port, each with the input port that takes it: what this flow uses most first. */
export const fittingTypes = (
  types: readonly ComponentType[],
  from: Port,
  used: ReadonlyMap<string, number>,
): Fitting[] =>
  types
    .flatMap((type): Fitting[] => {
      const port = portsOf(type.ports, 'input').find((name) => kindsFit(from, type.ports[name]!));
      return port === undefined ? [] : [{ type, port }];
    })
    .sort((a, b) => (used.get(b.type.type) ?? 0) - (used.get(a.type.type) ?? 0));
