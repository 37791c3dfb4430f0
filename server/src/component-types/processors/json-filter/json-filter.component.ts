import { compile } from '../../../component-kit/rules/rules.ts';
import { implement } from '../../../engine/component.ts';
import { joined, namesHeaders } from '../../../engine/header-path.ts';
import { jsonFilterDefinition } from './json-filter.definition.ts';

export const jsonFilter = implement(jsonFilterDefinition, ({ config }) => {
  const accepts = compile(config.rules, config.match);
  if (namesHeaders(config))
    return { in: (message) => (accepts(joined(message)) ? { out: message } : { rejected: message }) };
  return { in: (message) => (accepts(message.payload) ? { out: message } : { rejected: message }) };
});
