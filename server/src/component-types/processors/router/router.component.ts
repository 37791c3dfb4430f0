import { implement } from '../../../engine/component.ts';
import { joined, namesHeaders } from '../../../engine/header-path.ts';
import { routerDefinition } from './router.definition.ts';
import { routing } from './routing.ts';

export const router = implement(routerDefinition, ({ config }) => {
  const route = routing(config);
  return {
    in: namesHeaders(config)
      ? (message) => route(message, joined(message))
      : (message) => route(message, message.payload),
  };
});
