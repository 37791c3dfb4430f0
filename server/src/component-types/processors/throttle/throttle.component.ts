import { implement } from '../../../engine/component.ts';
import { throttleDefinition } from './throttle.definition.ts';
import { limiter, type Passed } from './throttle.ts';

export const throttle = implement(throttleDefinition, ({ config, io }) => {
  const passed = io.kept<Passed>('passed', { most: config.most });
  const isAmongTheFirst = limiter(config, passed);
  return {
    in: (message) => (isAmongTheFirst(message) ? { out: message } : { rest: message }),
    facts: () => ({ remembered: passed.size }),
  };
});
