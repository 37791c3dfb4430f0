import { type Decoded, jsonsIn, noUtf8, textDecoder } from '../../../component-kit/content/decoders.ts';
import type { Frame } from '../../../component-kit/content/framing.ts';
import { withoutMarks } from '../../../component-kit/content/marks.ts';
import { senderWriter } from '../../../component-kit/content/sender-writer.ts';
import type { TcpInputConfig } from './tcp-input.definition.ts';

type Settings = Pick<TcpInputConfig, 'format' | 'encoding' | 'sender_field'>;

/** What a frame holds, by the settings. */
export const frameDecoder = (settings: Settings): ((frame: Frame, from: string) => readonly Decoded[]) => {
  if (settings.format === 'bytes')
    return (frame, from) => {
      const data = Buffer.from(frame as string).toString('base64');
      return [{ payload: { data, from }, size: data.length }];
    };
  const textOf = textDecoder(settings.encoding);
  const ofText = settings.format === 'json' ? jsonReader(settings.sender_field) : textOnly;
  return (frame, from) => {
    const text = typeof frame === 'string' ? frame : textOf(frame);
    return text === undefined ? [{ invalid: `it ${noUtf8}` }] : ofText(text, from);
  };
};

type ReadText = (text: string, from: string) => readonly Decoded[];

const jsonReader = (senderField: string): ReadText => {
  if (senderField === '') return jsonsIn;
  const withSender = senderWriter(senderField);
  return (text, from) => jsonsIn(text).map((decoded) => withSender(decoded, from));
};

const textOnly: ReadText = (line, from) => {
  const text = withoutMarks(line);
  return [{ payload: { text, from }, size: text.length }];
};
