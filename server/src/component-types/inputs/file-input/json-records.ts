import { TextDecoder } from 'node:util';
import { FatalFault, InvalidMessage } from '../../../engine/fault.ts';
import { noUtf8, withItsText } from '../../../component-kit/content/decoders.ts';
import type { LineOptions } from '../../../component-kit/content/cut-lines.ts';
import { JsonTexts } from '../../../component-kit/content/json-texts.ts';
import type { FileRecord } from '../../../component-kit/content/line-reader.ts';
import type { RecordReader } from './record-reader.ts';

/** A JSON text as a record, or why it is none. `place` says where it stood, `raw` how. */
export const jsonRecord = (json: string, place: string, raw: string): FileRecord => {
  try {
    return withItsText(json);
  } catch (thrown) {
    const sentence = thrown instanceof InvalidMessage ? `${place}: ` : `${place} is no JSON: `;
    return { invalid: sentence + (thrown as Error).message, raw };
  }
};

/**
 * Reads JSON however it is written: over several lines, one text after the other, or as one list, whose elements are the
 * records. A list that was begun is read from its beginning after a restart, and what was handed on of it is left out.
 */
export const jsonRecords = ({ longest, tooLong, encoding, before }: LineOptions): RecordReader => {
  const bytesOf = encoding === 'windows-1252' ? (text: string): number => text.length : Buffer.byteLength;
  const texts = new JsonTexts({ longest, tooLong, splitsLists: true, bytesOf });
  const decoder = new TextDecoder(encoding, { fatal: true, ignoreBOM: true });
  let [read, number] = [0, before];
  const recordsOf = (found: readonly string[]): FileRecord[] =>
    found.map((text) => jsonRecord(text, `record ${(number += 1)}`, text));
  const decode = (chunk: Buffer | undefined): string => {
    try {
      return chunk ? decoder.decode(chunk, { stream: true }) : decoder.decode();
    } catch {
      throw new FatalFault(`it ${noUtf8}`);
    }
  };
  return {
    push(chunk) {
      read += chunk.length;
      return recordsOf(texts.push(decode(chunk)));
    },
    finish: () => recordsOf([...texts.push(decode(undefined)), ...texts.finish()]),
    release: () => [],
    get pending() {
      return read - (texts.list?.passed ?? texts.passed);
    },
    get handedOn() {
      return texts.list?.texts ?? 0;
    },
    get lines() {
      return number - (texts.list?.texts ?? 0);
    },
    isHolding: false,
    names: undefined,
  };
};
