/**
 * Prints the bill of materials of the image's JavaScript, CycloneDX: the packages of the server and of the ui, which
 * its bundle holds, and Node. What npm draws by chance or by clock is set from the contents.
 */
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';

const command = ['sbom', '--sbom-format=cyclonedx', '--omit=dev', '-w', '@semstreams/server', '-w', '@semstreams/ui'];
const bill = JSON.parse(execFileSync('npm', command, { encoding: 'utf8', maxBuffer: 64 * 1024 ** 2 }));

bill.metadata.timestamp = new Date(Number(process.env.SOURCE_DATE_EPOCH) * 1000).toISOString();
bill.metadata.component = { ...bill.metadata.component, type: 'application', name: 'semstreams' };
bill.components.push({
  'bom-ref': `node@${process.versions.node}`,
  type: 'platform',
  name: 'node',
  version: process.versions.node,
  cpe: `cpe:2.3:a:nodejs:node.js:${process.versions.node}:*:*:*:*:*:*:*`,
});
const [, a, b, c, d, e] = /^(.{8})(.{4})(.{4})(.{4})(.{12})/.exec(hash(JSON.stringify(bill.components)));
bill.serialNumber = `urn:uuid:${a}-${b}-${c}-${d}-${e}`;
console.log(JSON.stringify(bill, undefined, 1));

function hash(text) {
  return createHash('sha256').update(text).digest('hex');
}
