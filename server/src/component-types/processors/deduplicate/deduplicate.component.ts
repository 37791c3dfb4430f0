import { keyReader } from '../../../component-kit/fields/key-reader.ts';
import { implement } from '../../../engine/component.ts';
import { deduplicateDefinition } from './deduplicate.definition.ts';
import { firstOfItsKind } from './deduplicate.ts';

export const deduplicate = implement(deduplicateDefinition, ({ config, io }) => {
  const seen = io.kept<number>('seen', { most: config.most });
  const isNew = firstOfItsKind(keyReader(config.fields), seen, config.within);
  return {
    in: (message) => (isNew(message) ? { out: message } : { repeated: message }),
    facts: () => ({ remembered: seen.size }),
  };
});
