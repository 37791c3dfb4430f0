import { compile } from '../../../component-kit/rules/rules.ts';
import { whyNot } from '../../../component-kit/rules/why-not.ts';
import { implement } from '../../../engine/component.ts';
import { joined, namesHeaders } from '../../../engine/header-path.ts';
import { jsonFilterDefinition } from './json-filter.definition.ts';

export const jsonFilter = implement(jsonFilterDefinition, ({ config }) => {
  const accepts = compile(config.rules, config.match);
  const hasHeaders = namesHeaders(config);
  let tell: ReturnType<typeof whyNot> | undefined;
  return {
    in: hasHeaders
      ? (message) => (accepts(joined(message)) ? { out: message } : { rejected: message })
      : (message) => (accepts(message.payload) ? { out: message } : { rejected: message }),
    why: (message) => (tell ??= whyNot(config.rules, config.match))(hasHeaders ? joined(message) : message.payload),
  };
});
