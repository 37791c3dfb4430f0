import { writeJson } from '../../engine/exact-number.ts';
import { leadsToMany, reader, valuesReader } from '../../engine/field-path.ts';
import { compile, type Match, operatorWords, type Rule } from './rules.ts';

/** So many rules are told of; longer values are cut, in characters. */
const mostTold = 3;
const longestValue = 60;

/** Why a payload does not satisfy the rules, in words for people: which of them, and what the field has. Made once for all payloads. */
export const whyNot = (rules: readonly Rule[], match: Match = 'all'): ((payload: unknown) => string) => {
  const told = rules.map((rule) => ({ holds: compile([rule]), tell: tellerOf(rule) }));
  const isWrong = match === 'none';
  return (payload) => {
    const guilty = told.filter(({ holds }) => holds(payload) === isWrong);
    const sentences = guilty.slice(0, mostTold).map(({ tell }) => tell(payload, isWrong));
    const others = guilty.length - sentences.length;
    return [...sentences, ...(others > 0 ? [`and ${others} more`] : [])].join('; ');
  };
};

/** What a rule says of one payload, such as `temperature is 62, and not above 75`. */
const tellerOf = (rule: Rule): ((payload: unknown, holds: boolean) => string) => {
  const { field, operator } = rule;
  const many = leadsToMany(field) ? valuesReader(field) : undefined;
  const read = many ?? reader(field);
  const wanted = `${operatorWords[operator]}${against(rule)}`;
  return (payload, holds) => {
    const value = read(payload);
    if (operator === 'exists') return `${field} is ${isThere(value, many !== undefined) ? '' : 'not '}there`;
    if (!isThere(value, many !== undefined)) return `there is no field ${field}`;
    return `${field} is ${short(value)}, and ${holds ? '' : 'not '}${wanted}`;
  };
};

const isThere = (value: unknown, isMany: boolean): boolean =>
  isMany ? (value as readonly unknown[]).length > 0 : value !== undefined;

const against = ({ operator, value, other_field: other }: Rule): string => {
  if (other !== undefined) return ` ${other}`;
  if (operator !== 'between') return ` ${short(value)}`;
  const [low, high] = value as readonly unknown[];
  return ` ${short(low)} and ${short(high)}`;
};

const short = (value: unknown): string => {
  const text = writeJson(value) ?? '';
  return text.length > longestValue ? `${text.slice(0, longestValue)}…` : text;
};
