import { implement } from '../../../engine/component.ts';
import { joined, namesHeaders, parted } from '../../../engine/header-path.ts';
import { leftOut } from './change.ts';
import { Growth } from './growth.ts';
import { compile } from './json-map.ts';
import { jsonMapDefinition } from './json-map.definition.ts';

export const jsonMap = implement(jsonMapDefinition, ({ config, io }) => {
  const growth = new Growth();
  const change = compile(config, growth);
  const isOfHeaders = namesHeaders(config);
  return {
    in: (message) => {
      const payload = change(isOfHeaders ? joined(message) : message.payload, message.time);
      if (payload === leftOut) return io.drop('rejected');
      return { out: isOfHeaders ? parted(message, payload, growth.bytes) : message.with(payload, growth.bytes) };
    },
  };
});
