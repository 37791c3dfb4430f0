import { implement } from '../../../engine/component.ts';
import { joined, namesHeaders, parted } from '../../../engine/header-path.ts';
import { Growth } from './growth.ts';
import { compile } from './json-map.ts';
import { jsonMapDefinition } from './json-map.definition.ts';

export const jsonMap = implement(jsonMapDefinition, ({ config }) => {
  const growth = new Growth();
  const change = compile(config, growth);
  if (namesHeaders(config))
    return { in: (message) => ({ out: parted(message, change(joined(message), message.time), growth.bytes) }) };
  return {
    in: (message) => {
      const payload = change(message.payload, message.time);
      return { out: message.with(payload, growth.bytes) };
    },
  };
});
