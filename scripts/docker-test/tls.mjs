import assert from 'node:assert/strict';
import { once } from 'node:events';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { connect } from 'node:tls';
import { inspect, obtain, run } from './engine.mjs';
import { eventually, note, step } from './steps.mjs';

/** Certificates of one's own, and those of step-ca where its image can be had. */
export const tls = async (installation) => {
  const certs = join(installation.folder, 'certs');
  const makeCertificate = (name) => {
    const subject = ['-subj', `/CN=${name}`, '-addext', `subjectAltName=DNS:${name}`];
    const files = ['-keyout', join(certs, 'next.key'), '-out', join(certs, 'next.crt')];
    installation.shell('openssl', [
      'req',
      '-x509',
      '-newkey',
      'rsa:2048',
      '-nodes',
      '-days',
      '365',
      ...files,
      ...subject,
    ]);
    installation.shell('sh', [
      '-c',
      'chown 1000 certs/next.* && mv certs/next.key certs/server.key && mv certs/next.crt certs/server.crt',
    ]);
  };

  await step("with files of one's own, ui and REST are served by TLS", async () => {
    mkdirSync(certs, { recursive: true });
    makeCertificate('semstreams.local');
    installation.configure({ TLS_ENABLED: 'true', TLS_CERTS: './certs' });
    installation.compose('up', '-d', '--wait');
    await installation.healthy({ tls: true });
    const { certificate, headers } = await installation.ask('/', { tls: true });
    assert.equal(certificate.subject.CN, 'semstreams.local');
    assert.match(headers['strict-transport-security'] ?? '', /max-age=\d+/);
    assert.equal(inspect(installation.server).State.Health.Status, 'healthy');
  });

  await step('a new certificate is taken without a restart', async () => {
    const { StartedAt } = inspect(installation.server).State;
    makeCertificate('renewed.local');
    await eventually(async () => {
      const { certificate } = await installation.ask('/health', { tls: true });
      return certificate.subject.CN === 'renewed.local';
    });
    assert.equal(inspect(installation.server).State.StartedAt, StartedAt);
  });

  const profile = { TLS_ENABLED: 'true', COMPOSE_PROFILES: 'tls', STEP_CA_PASSWORD: 'of-the-test' };
  const isRenewed = async (before) => (await installation.ask('/', { tls: true })).certificate.serialNumber !== before;

  await step('the profile tls makes a certificate, for the names that were asked for', async () => {
    installation.compose('down');
    installation.configure({ ...profile, STEP_CA_IMAGE: authority(installation) });
    installation.compose('up', '-d', '--wait');
    await installation.healthy({ tls: true });
    const { certificate } = await installation.ask('/', { tls: true });
    assert.match(certificate.subjectaltname, /DNS:localhost/);
    assert.match(certificate.issuer.CN, /SemStreams/);
  });

  await step('what it hands out as root_ca.crt is what the certificate is checked by', () => {
    installation.compose('cp', 'certificates:/home/step/root_ca.crt', '.');
    const url = `https://localhost:${installation.ports.http}/health`;
    assert.match(installation.shell('curl', ['-s', '--cacert', 'root_ca.crt', url]), /"status":"healthy"/);
  });

  await step('it renews it, and connections stay', async () => {
    const { StartedAt } = inspect(installation.server).State;
    const connection = await heldOpen(installation);
    try {
      const before = connection.serialNumber;
      assert.match(await connection.ask('/health'), /"status":"healthy"/);
      // step renews after two thirds of a day; what stands in for it, every three seconds
      if (isStandIn) await eventually(() => isRenewed(before));
      assert.match(await connection.ask('/health'), /"status":"healthy"/);
    } finally {
      connection.end();
    }
    assert.equal(inspect(installation.server).State.StartedAt, StartedAt);
    assert.equal(inspect(installation.server).State.Health.Status, 'healthy');
  });

  await step('without TLS_ENABLED it is plain HTTP again', async () => {
    installation.compose('--profile', 'tls', 'down');
    installation.configure();
    installation.compose('up', '-d', '--wait');
    await installation.healthy();
  });
};

let isStandIn = false;

/** The image of step-ca, or what stands in for it where that cannot be had. */
const authority = (installation) => {
  const image = imageOf(installation, 'step-ca');
  const missing = obtain([image]);
  if (missing === undefined) return image;
  note(`  in the place of step-ca stands openssl: ${missing}`);
  isStandIn = true;
  const standIn = 'semstreams-test:step-ca';
  run('docker', ['build', '-q', '--network', 'host', '-t', standIn, join(import.meta.dirname, 'step-ca')]);
  return standIn;
};

/** One connection by TLS, over which several questions can be asked. */
const heldOpen = async (installation) => {
  const socket = connect({ host: '127.0.0.1', port: installation.ports.http, rejectUnauthorized: false });
  await once(socket, 'secureConnect');
  return {
    serialNumber: socket.getPeerCertificate().serialNumber,
    ask: async (path) => {
      socket.write(`GET ${path} HTTP/1.1\r\nhost: localhost\r\n\r\n`);
      const [answer] = await once(socket, 'data', { signal: AbortSignal.timeout(10_000) });
      return answer.toString();
    },
    end: () => socket.destroy(),
  };
};

/** The image that the Compose file names for a service of any profile. */
export const imageOf = (installation, service) =>
  JSON.parse(installation.compose('--profile', '*', 'config', '--format', 'json')).services[service].image;
