import { reader } from '../../../engine/field-path.ts';
import { jsonOf } from '../../../engine/json-text.ts';
import { limits } from '../../../engine/limits.ts';
import { tooMuchGrowth } from './growth.ts';

/** `"{vehicle} at {position.altitude} m"` as a function: texts stand as they are, other values as JSON, nothing as nothing. */
export const compileTemplate = (template: string): ((payload: unknown) => string) => {
  const parts = template.split(/(\{\{|\}\}|\{[^{}]+\})/).map((part) => {
    if (part === '{{' || part === '}}') return () => part[0]!;
    if (!part.startsWith('{') || !part.endsWith('}') || part.length < 3) return () => part;
    const read = reader(part.slice(1, -1).trim());
    return (payload: unknown) => textOf(read(payload));
  });
  return (payload) => {
    let text = '';
    for (const part of parts) {
      text += part(payload);
      if (text.length > limits.growth) throw tooMuchGrowth();
    }
    return text;
  };
};

/** Why a text is no template, for people; undefined where it is one. */
export const templateProblem = (template: string): string | undefined => {
  try {
    compileTemplate(template);
    return undefined;
  } catch (thrown) {
    return `${(thrown as Error).message}; write {{ and }} for braces that are text`;
  }
};

const textOf = (value: unknown): string =>
  value === undefined || value === null ? '' : typeof value === 'string' ? value : jsonOf(value);
