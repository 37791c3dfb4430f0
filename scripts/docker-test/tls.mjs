import assert from 'node:assert/strict';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { inspect, obtain } from './engine.mjs';
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

  const missing = obtain([imageOf(installation, 'step-ca')]);
  if (missing !== undefined) note(`  step-ca is skipped: ${missing}`);
  else
    await step('step-ca makes the certificate, for the names that were asked for', async () => {
      installation.compose('down');
      installation.configure({ TLS_ENABLED: 'true', COMPOSE_PROFILES: 'tls', STEP_CA_PASSWORD: 'of-the-test' });
      installation.compose('up', '-d', '--wait');
      await installation.healthy({ tls: true });
      const { certificate } = await installation.ask('/', { tls: true });
      assert.match(certificate.subjectaltname, /DNS:localhost/);
      assert.match(certificate.issuer.CN, /SemStreams/);
    });

  await step('without TLS_ENABLED it is plain HTTP again', async () => {
    if (missing === undefined) installation.compose('--profile', 'tls', 'down');
    installation.configure();
    installation.compose('up', '-d', '--wait');
    await installation.healthy();
  });
};

/** The image that the Compose file names for a service of any profile. */
export const imageOf = (installation, service) =>
  JSON.parse(installation.compose('--profile', '*', 'config', '--format', 'json')).services[service].image;
