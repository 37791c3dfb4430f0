/** `raw-jetstream-process.mjs URL SECONDS`: stores blocks of 64 records and takes them out again as fast as JetStream lets one process. */
import { AckPolicy, jetstream, jetstreamManager, StorageType } from '@nats-io/jetstream';
import { connect, createInbox } from '@nats-io/transport-node';

const [servers, seconds] = [process.argv[2], Number(process.argv[3])];
const [recordsInBlock, mostInFlight] = [64, 64];
const block = new Uint8Array(recordsInBlock * 307).fill(46);

const connection = await connect({ servers });
const manager = await jetstreamManager(connection);
await manager.streams.add({ name: 'raw', subjects: ['raw'], storage: StorageType.File, max_bytes: 1024 ** 3 });
await manager.consumers.add('raw', { durable_name: 'raw', ack_policy: AckPolicy.All });
const consumer = await jetstream(connection).consumers.get('raw', 'raw');

const inbox = createInbox();
let [stored, taken, inFlight] = [0, 0, 0];
let resume = () => undefined;
connection.subscribe(inbox, {
  callback: () => {
    stored += 1;
    inFlight -= 1;
    resume();
  },
});
const messages = await consumer.consume({ max_messages: 200 });
const taking = (async () => {
  for await (const message of messages) {
    taken += 1;
    if (taken % 16 === 0) message.ack();
  }
})();

const begin = performance.now();
while (performance.now() - begin < seconds * 1000) {
  while (inFlight < mostInFlight) {
    inFlight += 1;
    connection.publish('raw', block, { reply: inbox });
  }
  await new Promise((resolve) => (resume = resolve));
}
const took = (performance.now() - begin) / 1000;
console.log(JSON.stringify({ stored: (stored * recordsInBlock) / took, taken: (taken * recordsInBlock) / took }));
messages.stop();
await taking;
await connection.close();
