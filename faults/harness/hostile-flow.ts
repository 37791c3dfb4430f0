import { sendLines } from './acknowledged-lines.ts';
import { hostileLines } from './hostile.ts';
import { Ledger } from './ledger.ts';
import { freePort } from './ports.ts';
import type { Trial } from './trial.ts';
import { until } from './until.ts';

/** How many lines of each kind are sent at once, by TCP, and how many by REST. */
const linesEach = 2;
/** Each doubles a text: a thousand times in all. */
const doublings = 10;

/** A flow that takes hostile lines in beside the numbers, through all that works on a message, to a ledger of its own. */
export const hostileFlow = async (trial: Trial): Promise<{ readonly send: () => Promise<void> }> => {
  const { product, random } = trial;
  const [ledger, port] = [await Ledger.open(), await freePort()];
  const acknowledgement = 'ok {count}';
  const doubling = { do: 'template', field: 'text', text: '{text}{text}' };
  await product.deploy({
    id: 'hostile',
    name: 'Hostile',
    components: [
      { id: 'in', type: 'tcp_input', config: { host: '127.0.0.1', port, acknowledgement } },
      {
        id: 'map',
        type: 'json_map',
        config: {
          steps: [
            ...Array.from({ length: doublings }, () => doubling),
            { do: 'convert', field: 'more', into: 'string' },
          ],
        },
      },
      { id: 'ledger', type: 'ledger_output', config: { port: ledger.port } },
    ],
    connections: [
      { from: 'in', to: 'map', delivery: 'guaranteed' },
      { from: 'map', to: 'ledger', delivery: 'guaranteed' },
    ],
  });
  const givenUp = async (): Promise<number> => {
    const { components } = await product.status('hostile');
    return components.reduce((sum, { dropped_total }) => sum + dropped_total, 0);
  };
  let n = 0;
  const made = () => Object.values(hostileLines).map((make) => make((n += 1), random));

  /** As a program without sense would; says how many of them the product has taken in. */
  const inject = async (line: string | Buffer): Promise<number> => {
    const { status } = await fetch(`${product.url}/api/v1/flows/hostile/components/in/inject`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: Buffer.concat([Buffer.from('{"payloads":['), Buffer.from(line), Buffer.from(']}')]),
    });
    if (status >= 500) throw new Error(`inject of ${line.toString().slice(0, 50)}… was answered with ${status}`);
    return status < 300 ? 1 : 0;
  };

  /** Each line that was taken in arrives, or is given up and counted: neither twice nor never. */
  const send = async (): Promise<void> => {
    await product.untilRuns('hostile');
    const before = { arrived: ledger.total, givenUp: await givenUp() };
    const lines = Array.from({ length: linesEach }, made).flat();
    await sendLines(port, lines);
    let sent = lines.length;
    for (const line of made()) sent += await inject(line);
    let seen = {};
    await until('each hostile message is accounted for', async () => {
      const after = { arrived: ledger.total - before.arrived, givenUp: (await givenUp()) - before.givenUp };
      seen = { sent, ...after };
      return after.arrived + after.givenUp === sent;
    }).catch((thrown: unknown) => {
      throw new Error(`${String(thrown)}: ${JSON.stringify(seen)}`);
    });
  };
  return { send };
};
