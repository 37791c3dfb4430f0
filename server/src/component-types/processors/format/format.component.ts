import { implement } from '../../../engine/component.ts';
import { writer } from '../../../engine/field-path.ts';
import { formatDefinition } from './format.definition.ts';
import { writerOf } from './writers.ts';

export const format = implement(formatDefinition, ({ config }) => {
  const write = writerOf(config);
  const name = config.format === 'msgpack' ? 'data' : 'text';
  const put = config.into === '' ? undefined : writer(config.into);
  return {
    in: (message) => {
      const written = write(message);
      return {
        out: put
          ? message.with(put(message.payload, written), written.length)
          : message.with({ [name]: written }, written.length - message.size),
      };
    },
  };
});
