import { implement } from '../../../engine/component.ts';
import { changedDefinition } from './changed.definition.ts';
import { changeDetector, type Passed } from './changed.ts';

export const changed = implement(changedDefinition, ({ config, io }) => {
  const passed = io.kept<Passed>('passed', { most: config.most });
  const hasChanged = changeDetector(config, passed);
  return {
    in: (message) => (hasChanged(message) ? { out: message } : { unchanged: message }),
    facts: () => ({ remembered: passed.size }),
  };
});
