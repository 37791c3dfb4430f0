/**
 * Prints the bill of materials of the image's JavaScript, CycloneDX: the packages of the server and of the ui, which
 * its bundle holds, and Node. What npm draws by chance or by clock is set from the contents.
 */
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';

const workspaces = ['-w', '@semstreams/server', '-w', '@semstreams/ui'];
const npm = (...args) => JSON.parse(execFileSync('npm', args, { encoding: 'utf8', maxBuffer: 64 * 1024 ** 2 }));

const bill = npm('sbom', '--sbom-format=cyclonedx', ...workspaces);
// "npm sbom --omit=dev" leaves out what a workspace elsewhere names for its development too; "npm ls" does not
const shipped = new Set(namesIn(npm('ls', '--all', '--omit=dev', '--json', ...workspaces)));
bill.components = bill.components.filter((component) => shipped.has(component['bom-ref']));
bill.dependencies = bill.dependencies
  .filter(({ ref }) => shipped.has(ref))
  .map(({ ref, dependsOn }) => ({ ref, dependsOn: dependsOn.filter((name) => shipped.has(name)) }));

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

/** Of all packages in a tree of "npm ls", as `name@version`. */
function namesIn({ dependencies = {} }) {
  return Object.entries(dependencies).flatMap(([name, dependency]) => [
    `${name}@${dependency.version}`,
    ...namesIn(dependency),
  ]);
}
