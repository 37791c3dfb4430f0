import { Agent, request } from 'node:http';

const linesOf = 8;

/**
 * Sends batches of records by so many connections, each one after the other, for some seconds. Resolves with how many records were
 * answered with 202, and how long that took; a refused one is sent again.
 */
export const sendBatches = async ({ port, batch, seconds, connections = linesOf }) => {
  const agent = new Agent({ keepAlive: true, maxSockets: connections });
  const begin = performance.now();
  const end = begin + seconds * 1000;
  let accepted = 0;
  let number = 0;
  const bodyOfNext = () => {
    const records = Array.from(
      { length: batch },
      () => `{"n":${(number += 1)},"vehicle":"v-${number % 50}","speed":12.5,"battery":81}`,
    );
    return `${records.join('\n')}\n`;
  };
  const line = async () => {
    while (performance.now() < end) {
      const body = bodyOfNext();
      while ((await post(agent, port, body)) !== 202);
      accepted += batch;
    }
  };
  await Promise.all(Array.from({ length: connections }, line));
  agent.destroy();
  return { accepted, seconds: (performance.now() - begin) / 1000 };
};

const post = (agent, port, body) =>
  new Promise((resolve, reject) => {
    const headers = { 'content-type': 'application/x-ndjson', 'content-length': Buffer.byteLength(body) };
    const sending = request({ agent, host: '127.0.0.1', port, method: 'POST', path: '/', headers }, (answer) => {
      answer.resume().once('end', () => resolve(answer.statusCode));
    });
    sending.once('error', reject);
    sending.end(body);
  });
