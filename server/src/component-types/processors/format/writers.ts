import { pairWriter } from '../../../component-kit/formats/key-value/write-pairs.ts';
import { pointWriter } from '../../../component-kit/formats/line-protocol/point-of.ts';
import { xmlWriter } from '../../../component-kit/formats/xml/write-xml.ts';
import { InvalidMessage } from '../../../engine/fault.ts';
import { reader } from '../../../engine/field-path.ts';
import { jsonOf } from '../../../engine/json-text.ts';
import { limits } from '../../../engine/limits.ts';
import type { Message } from '../../../engine/message.ts';
import type { FormatConfig } from './format.definition.ts';
import { msgpackWriter } from './msgpack.ts';
import { tableWriter } from './table.ts';

/** What becomes of a message: a text, or bytes as base64. Throws an InvalidMessage where the format cannot say it. */
export const writerOf = (config: FormatConfig): ((message: Message) => string) => {
  const write = whole(config);
  const part = config.field === '' ? undefined : partReader(config.field);
  return (message) => {
    const written = write(part ? message.with(part(message.payload)) : message);
    if (written.length > limits.parsed)
      throw new InvalidMessage(`it would be longer than the ${limits.parsed / 1024 ** 2} MB that a message may have`);
    return written;
  };
};

const partReader = (field: string): ((payload: unknown) => unknown) => {
  const read = reader(field);
  return (payload) => {
    const value = read(payload);
    if (value === undefined) throw new InvalidMessage(`the field "${field}" is missing`);
    return value;
  };
};

const whole = (config: FormatConfig): ((message: Message) => string) => {
  switch (config.format) {
    case 'json':
      // the text of a message is at hand; one of a part is made
      return config.field === '' ? (message) => message.json : ({ payload }) => jsonOf(payload);
    case 'csv':
      return ofPayload(tableWriter(config));
    case 'key_value':
      return ofPayload(pairWriter(config.pair_separator, config.key_separator));
    case 'msgpack':
      return ofPayload(msgpackWriter(config));
    case 'line_protocol':
      return pointWriter(config);
    case 'xml':
      return ofPayload(xmlWriter(config.root));
  }
};

const ofPayload =
  (write: (payload: unknown) => string): ((message: Message) => string) =>
  ({ payload }) =>
    write(payload);
