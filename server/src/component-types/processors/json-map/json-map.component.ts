import { implement } from '../../../engine/component.ts';
import { Growth } from './growth.ts';
import { compile } from './json-map.ts';
import { jsonMapDefinition } from './json-map.definition.ts';

export const jsonMap = implement(jsonMapDefinition, ({ config }) => {
  const growth = new Growth();
  const change = compile(config, growth);
  return {
    in: (message) => {
      const payload = change(message.payload, message.time);
      return { out: message.with(payload, growth.bytes) };
    },
  };
});
