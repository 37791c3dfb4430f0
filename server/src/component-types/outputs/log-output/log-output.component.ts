import { implement } from '../../../engine/component.ts';
import { logOutputDefinition } from './log-output.definition.ts';
import { compileLine } from './log-output.ts';

const minuteMs = 60_000;

export const logOutput = implement(logOutputDefinition, ({ config, io }) => {
  const lineOf = compileLine(config.text);
  let begun = -Infinity;
  let left = 0;
  let written = 0;

  return {
    in: (batch) => {
      const now = io.monotonic();
      if (now - begun >= minuteMs) [begun, left] = [now, config.most_per_minute];
      // all that can be written first: a message that cannot stops none of the others
      const lines = batch.slice(0, left).map(lineOf);
      for (const line of lines) io.log(config.level, line);
      left -= lines.length;
      written += lines.length;
      const tooMany = batch.length - lines.length;
      if (tooMany > 0) io.drop('too_many', tooMany);
    },
    facts: () => ({ written }),
  };
});
