import { implement } from '../../../engine/component.ts';
import { InvalidMessage } from '../../../engine/fault.ts';
import { writer } from '../../../engine/field-path.ts';
import { contentReader } from './content.ts';
import { Gathered } from './gathered.ts';
import { parseDefinition } from './parse.definition.ts';
import { readerOf } from './readers.ts';

const instead = (_: unknown, record: unknown): unknown => record;

export const parse = implement(parseDefinition, ({ config, io }) => {
  const [contentOf, read] = [contentReader(config), readerOf(config)];
  const put = config.into === '' ? instead : writer(config.into);
  return {
    in(message) {
      const found = new Gathered(message, put, config.into === '' ? 0 : message.size);
      read(contentOf(message.payload), found);
      const { messages, refused } = found;
      if (refused.length === 0) {
        if (messages.length === 0) io.drop('empty');
        return { out: messages.length === 1 ? messages[0]! : messages };
      }
      // all of it is a dead letter that can be sent again; otherwise each part that is wrong
      if (messages.length === 0) throw new InvalidMessage(refused[0]!.sentence);
      if (!io.isKept) {
        for (const { sentence, raw } of refused) io.invalid(sentence, raw);
        return { out: messages };
      }
      return Promise.all(refused.map(async ({ sentence, raw }) => io.keepInvalid(sentence, raw))).then(() => ({
        out: messages,
      }));
    },
  };
});
