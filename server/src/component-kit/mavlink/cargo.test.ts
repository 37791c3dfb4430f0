import { describe, expect, it } from 'vitest';
import { Decoder } from './decoder.ts';
import { FrameWriter } from './frame-writer.ts';
import { loadDefinitions, loadTypes } from './load-dialect.ts';
import { signer, signingKey } from './signing.ts';

const all = { dialect: 'all', definition: '' } as const;
const types = await loadTypes(all, '');
const definitions = await loadDefinitions(all, '');
const writerOf = (version: 1 | 2, sign?: ReturnType<typeof signer>) =>
  new FrameWriter({ ...definitions, version, system: 1, component: 1, keepsSequence: true, sign });
const heartbeat = (sequence: number) => ({ message: 'HEARTBEAT', type: 2, sequence });
const inner = [...writerOf(2).frame(heartbeat(99)), ...writerOf(1).frame(heartbeat(98))];
const filled = (length: number) => [...inner, ...Array<number>(length).fill(2)].slice(0, length);
const sign = signer(signingKey('correct horse'), 1, () => 1_700_000_000_000);

const carriers = {
  'a file': { message: 'FILE_TRANSFER_PROTOCOL', payload: filled(251) },
  'a tunnel': { message: 'TUNNEL', payload_length: 128, payload: filled(128) },
  'data for many': { message: 'ENCAPSULATED_DATA', data: filled(253) },
  'a serial line': { message: 'SERIAL_CONTROL', count: 70, data: filled(70) },
};

const line = () => {
  const sequences: unknown[] = [];
  const message = (payload: Readonly<Record<string, unknown>>) => sequences.push(payload['sequence']);
  const decoder = new Decoder({ types, messages: [], systems: [], message, refused: () => undefined });
  const opened = decoder.line();
  const push = (bytes: Buffer) => {
    opened.push(bytes, 0);
    opened.pause();
  };
  return { sequences, push, finish: () => opened.finish() };
};

describe.each(Object.entries(carriers))('%s that carries frames', (_, payload) => {
  it.each([
    ['of version 2', writerOf(2)],
    ['of version 2, signed', writerOf(2, sign)],
    ['of version 1', writerOf(1)],
  ])('is one frame, wherever it is cut, %s', (_version, writer) => {
    if (payload.message === 'TUNNEL' && writer.frame(heartbeat(1))[0] === 0xfe) return;
    const whole = Buffer.concat([Buffer.from([0xfe]), writer.frame({ ...payload, sequence: 8 })]);
    for (let cut = 1; cut < whole.length; cut += 1) {
      const { sequences, push, finish } = line();
      push(whole.subarray(0, cut));
      push(whole.subarray(cut));
      finish();
      expect(sequences, `cut behind ${cut} bytes`).toEqual([8]);
    }
  });

  it('holds what it seems to carry back until the next bytes, or for the silence, where its end never comes', () => {
    const cut = writerOf(2)
      .frame({ ...payload, sequence: 8 })
      .subarray(0, 16);
    const next = writerOf(2).frame(heartbeat(1));
    const goesOn = line();
    goesOn.push(Buffer.concat([cut, next]));
    goesOn.push(Buffer.from([0]));
    expect(goesOn.sequences).toEqual([1]);
    const isSilent = line();
    isSilent.push(Buffer.concat([cut, next]));
    isSilent.finish();
    expect(isSilent.sequences).toEqual([1]);
  });
});

it('holds no frame back for a false start that could not carry it', () => {
  const { sequences, push } = line();
  push(Buffer.concat([Buffer.from('fdff0000000101000000', 'hex'), writerOf(2).frame(heartbeat(1))]));
  expect(sequences).toEqual([1]);
});
