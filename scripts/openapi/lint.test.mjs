import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createConfig, lintFromString } from '@redocly/openapi-core';
import { expect, it } from 'vitest';
import { root } from '../setup/root.mjs';

/** What the usual linter of OpenAPI documents says of one, as `rule: place`. */
const complaintsOf = async (source) => {
  const config = await createConfig({ extends: ['recommended'] });
  const problems = await lintFromString({ source, absoluteRef: 'openapi.json', config });
  const complaints = problems.map(({ ruleId, location }) => `${ruleId}: ${location[0]?.pointer}`);
  // the example of a body that is no JSON is a text, whatever the schema of what it says
  return complaints.filter((complaint) => !/(application~1yaml|text~1event-stream)\/example$/.test(complaint));
};
const document = readFileSync(join(root, 'docs/reference/openapi.json'), 'utf8');

it('finds nothing wrong with the document of the API', async () => {
  expect(await complaintsOf(document)).toEqual([]);
});

it('finds what is wrong', async () => {
  const { paths, ...rest } = JSON.parse(document);
  const { get, ...others } = paths['/api/v1/flows'];
  const broken = {
    ...rest,
    paths: { ...paths, '/api/v1/flows': { ...others, get: { ...get, operationId: undefined } } },
  };
  expect(await complaintsOf(JSON.stringify(broken))).toEqual([
    'operation-operationId: #/paths/~1api~1v1~1flows/get/operationId',
  ]);
});
