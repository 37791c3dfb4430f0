import { implement } from '../../../engine/component.ts';
import { compile } from './json-filter.ts';
import { jsonFilterDefinition } from './json-filter.definition.ts';

export const jsonFilter = implement(jsonFilterDefinition, ({ config }) => {
  const accepts = compile(config.rules, config.match);
  return { in: (message) => (accepts(message.payload) ? { out: message } : { rejected: message }) };
});
