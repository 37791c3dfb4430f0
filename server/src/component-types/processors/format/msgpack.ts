import { MsgpackBytes, msgpackOf, MsgpackTime } from '../../../component-kit/formats/msgpack/write-msgpack.ts';
import { InvalidMessage } from '../../../engine/fault.ts';
import { reader, writer } from '../../../engine/field-path.ts';
import type { FormatConfig } from './format.definition.ts';

/** MessagePack as base64, with bytes and times where the settings name them; what is missing or null stays so. */
export const msgpackWriter = (
  config: Pick<FormatConfig, 'bytes_fields' | 'time_fields'>,
): ((payload: unknown) => string) => {
  const changes = [
    ...config.bytes_fields.map((path) => changeAt(path, bytesOf)),
    ...config.time_fields.map((path) => changeAt(path, MsgpackTime.of)),
  ];
  return (payload) => msgpackOf(changes.reduce((changed, change) => change(changed), payload)).toString('base64');
};

const changeAt = (path: string, change: (value: unknown, path: string) => unknown): ((payload: unknown) => unknown) => {
  const [read, write] = [reader(path), writer(path)];
  return (payload) => {
    const value = read(payload);
    return value === undefined || value === null ? payload : write(payload, change(value, path));
  };
};

const bytesOf = (value: unknown, path: string): MsgpackBytes => {
  if (typeof value === 'string' && value.length % 4 === 0 && /^[A-Za-z0-9+/]*={0,2}$/.test(value))
    return new MsgpackBytes(Buffer.from(value, 'base64'));
  throw new InvalidMessage(`the field "${path}" holds no bytes: they are written as base64`);
};
