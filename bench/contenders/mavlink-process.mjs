/** `mavlink-process.mjs semstreams DECODER | node-mavlink  FILE ROUNDS`: decodes a file and prints how many messages in how many seconds. */
import { readFileSync } from 'node:fs';

const [name, ...rest] = process.argv.slice(2);
const [decoder, file, rounds] = name === 'semstreams' ? rest : [undefined, ...rest];
const bytes = readFileSync(file);
/** What one read of a socket brings at most. */
const chunkLength = 64 * 1024;
const chunks = Array.from({ length: Math.ceil(bytes.length / chunkLength) }, (_, index) =>
  bytes.subarray(index * chunkLength, (index + 1) * chunkLength),
);

const semstreams = async () => {
  const { Decoder, messagesOf } = await import(decoder);
  let messages = 0;
  const decoding = new Decoder({
    types: messagesOf('all'),
    messages: [],
    systems: [],
    message: () => (messages += 1),
    refused: () => undefined,
  });
  const line = decoding.line();
  return () => {
    for (const chunk of chunks) line.push(chunk, 0);
    return messages;
  };
};

const nodeMavlink = async () => {
  const { ardupilotmega, common, MavLinkPacketParser, MavLinkPacketSplitter, minimal, standard } =
    await import('node-mavlink');
  const registry = { ...minimal.REGISTRY, ...standard.REGISTRY, ...common.REGISTRY, ...ardupilotmega.REGISTRY };
  let messages = 0;
  const splitter = new MavLinkPacketSplitter();
  const parser = splitter.pipe(new MavLinkPacketParser());
  parser.on('data', (packet) => {
    const type = registry[packet.header.msgid];
    if (!type) return;
    packet.protocol.data(packet.payload, type);
    messages += 1;
  });
  return async () => {
    for (const chunk of chunks)
      if (!splitter.write(chunk)) await new Promise((resolve) => splitter.once('drain', resolve));
    for (let last = -1; last !== messages;) {
      last = messages;
      await new Promise((resolve) => setImmediate(resolve));
    }
    return messages;
  };
};

const round = await (name === 'semstreams' ? semstreams() : nodeMavlink());
const before = await round();
const begin = performance.now();
let messages = 0;
for (let index = 0; index < Number(rounds); index += 1) messages = (await round()) - before;
console.log(JSON.stringify({ messages, seconds: (performance.now() - begin) / 1000 }));
