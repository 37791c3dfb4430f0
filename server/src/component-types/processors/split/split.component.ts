import { implement } from '../../../engine/component.ts';
import { splitDefinition } from './split.definition.ts';
import { splitter } from './split.ts';

export const split = implement(splitDefinition, ({ config }) => {
  const partsOf = splitter(config);
  return {
    in: (message) => {
      const parts = partsOf(message.payload);
      return { out: parts === undefined ? message : parts.map((payload) => message.with(payload)) };
    },
  };
});
