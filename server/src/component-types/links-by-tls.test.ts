import { once } from 'node:events';
import { copyFileSync, readFileSync } from 'node:fs';
import { connect } from 'node:tls';
import { afterAll, afterEach, beforeAll, expect, it } from 'vitest';
import { makeCertificates } from '../component-kit/testing/certificates.ts';
import { rehearse, type Rehearsal, until } from '../component-kit/testing/rehearsal.ts';
import { connectionTrial, numbered } from '../engine/connection-trial.ts';
import { MemoryLog } from '../engine/memory-log.ts';
import { websocketInput } from './inputs/websocket-input/websocket-input.component.ts';
import { websocketOutput } from './outputs/websocket-output/websocket-output.component.ts';

/** Links by TLS, with an authority of one's own. */
const made = makeCertificates();
const { file } = made;
const shown = (name: string) => ({ cert_file: file(`${name}.crt`), key_file: file(`${name}.key`) });

beforeAll(() => {
  made.authority('ours');
  made.authority('theirs');
  made.signed('server', 'ours');
  made.signed('location-b', 'ours');
  made.signed('stranger', 'theirs');
});
afterAll(() => made.remove());

const ended: (() => unknown)[] = [];
afterEach(async () => {
  for (const end of ended.splice(0).reverse()) await end();
});

const open = async (rehearsal: Rehearsal): Promise<Rehearsal> => {
  ended.push(async () => rehearsal.close());
  await rehearsal.open();
  return rehearsal;
};
const sending = async (config: object) => {
  const trial = connectionTrial(new MemoryLog());
  const output = await open(
    rehearse(websocketOutput, { host: '127.0.0.1', port: 0, ...config }, { isKept: true, followed: [trial.followers] }),
  );
  await trial.connection.append(numbered(0, 3));
  return { output, url: `wss://127.0.0.1:${String(output.facts()['listening'])}` };
};

it('trusts an authority of one’s own, and no other', async () => {
  const { url } = await sending(shown('server'));
  const trusting = await open(rehearse(websocketInput, { url, ca_file: file('ours.crt') }));
  await until('it has all', () => trusting.emitted.length === 3);
  const other = await open(rehearse(websocketInput, { url, ca_file: file('theirs.crt') }));
  await until('it says why not', () =>
    other.reports.some((report) => report.includes('who signed its certificate is not known here')),
  );
});

it('lets in whoever shows a certificate for its name, and says on both sides why not', async () => {
  const { output, url } = await sending({ ...shown('server'), ca_file: file('ours.crt') });
  const given = { url, ca_file: file('ours.crt') };
  const right = await open(rehearse(websocketInput, { ...given, name: 'location-b', ...shown('location-b') }));
  await until('it has all', () => right.emitted.length === 3);

  const none = await open(rehearse(websocketInput, { ...given, name: 'location-b' }));
  await until('it is told', () => none.reports.some((report) => report.includes('it wants a certificate')));
  await until('we know', () => String(output.facts()['last_refusal']).includes('no certificate was shown'));

  const stranger = await open(rehearse(websocketInput, { ...given, ...shown('stranger') }));
  await until('it is told', () => stranger.reports.length > 1);
  expect(stranger.emitted).toEqual([]);

  const wrong = await open(rehearse(websocketInput, { ...given, name: 'location-c', ...shown('location-b') }));
  const sentence = '"location-c" is no name in the certificate that was shown: it is for location-b, 127.0.0.1';
  await until('it is told', () => wrong.reports.some((report) => report.includes(`4403 ${sentence}`)));
  expect(output.facts()['last_refused_name']).toBe(sentence);
});

it.each([
  [{ cert_file: '/nowhere', key_file: '/nowhere' }, 'the file "/nowhere" of "cert_file" cannot be read'],
  [{ cert_file: '/nowhere' }, 'a certificate and its key belong together'],
])('says what is wrong with %j', async (config, sentence) => {
  const output = rehearse(websocketOutput, { host: '127.0.0.1', port: 0, ...config });
  await expect(output.open()).rejects.toThrow(sentence);
});

it('is not taken over where TLS is switched on, and shows a renewed certificate where it is', async () => {
  const plain = websocketOutput.config.parse({ port: 9000 });
  const secured = websocketOutput.config.parse({ port: 9000, ...shown('server') });
  const at = websocketOutput.listens!(secured);
  expect(websocketOutput.listens!(plain)).not.toEqual(at);
  made.signed('renewed', 'ours');
  const files = { cert_file: file('now.crt'), key_file: file('now.key') };
  const use = (name: string): void => {
    copyFileSync(file(`${name}.crt`), files.cert_file);
    copyFileSync(file(`${name}.key`), files.key_file);
  };
  use('server');
  const place = {};
  const first = rehearse(websocketOutput, { host: '127.0.0.1', port: 0, ...files }, { place });
  await first.open();
  use('renewed');
  await first.close();
  const second = await open(rehearse(websocketOutput, { host: '127.0.0.1', port: 0, ...files }, { place }));
  const line = connect({
    port: Number(second.facts()['listening']),
    host: '127.0.0.1',
    ca: readFileSync(file('ours.crt')),
  });
  ended.push(() => line.destroy());
  await once(line, 'secureConnect');
  expect(line.getPeerCertificate().subject.CN).toBe('renewed');
});
