import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { root } from '../setup/root.mjs';
import { breakingChanges } from './breaking-changes.mjs';

const read = (name) => JSON.parse(readFileSync(join(root, 'docs/reference', name), 'utf8'));

it('the API breaks no client of what was promised; where it must, the changelog says so and the promise is made anew', () => {
  const sentences = breakingChanges(read('openapi-promised.json'), read('openapi.json'));
  expect(sentences, 'meant so? say it in docs/api.md, and copy openapi.json to openapi-promised.json').toEqual([]);
});

const listFlows = ['paths', '/api/v1/flows', 'get'];
const createFlow = ['paths', '/api/v1/flows', 'post'];
const schemas = ['components', 'schemas'];

/** The promised document with one change: the value at a path, or undefined to take it away. */
const changed = (path, value) => {
  const document = read('openapi-promised.json');
  const last = path.at(-1);
  const holder = path.slice(0, -1).reduce((object, key) => object[key], document);
  if (value === undefined) Reflect.deleteProperty(holder, last);
  else holder[last] = value;
  return document;
};

it.each([
  [listFlows, undefined, 'GET /api/v1/flows is gone'],
  [[...listFlows, 'operationId'], 'flows', 'GET /api/v1/flows: it is called flows, and was listFlows'],
  [[...listFlows, 'responses', '200'], undefined, 'GET /api/v1/flows: it is not answered by 200 any more'],
  [[...listFlows, 'parameters'], [], 'GET /api/v1/flows: the parameter offset is gone'],
  [[...createFlow, 'responses', '201', 'headers'], {}, 'POST /api/v1/flows: 201 has no header ETag any more'],
  [[...schemas, 'FlowPage', 'properties', 'total'], undefined, 'GET /api/v1/flows: answer.total is gone'],
  [[...schemas, 'FlowPage', 'required'], ['items'], 'GET /api/v1/flows: answer.total may be left out'],
  [
    [...schemas, 'FlowSummary', 'properties', 'name', 'type'],
    'number',
    'GET /api/v1/flows: answer.items[].name is of type number, and was string',
  ],
  [[...schemas, 'NewFlow', 'required'], ['components', 'name'], 'POST /api/v1/flows: request.name is needed'],
  [
    [...schemas, 'NewFlow', 'properties', 'description', 'maxLength'],
    9,
    'POST /api/v1/flows: request.description has a lower maxLength',
  ],
  [
    [...schemas, 'NewFlow', 'properties', 'lane', 'enum'],
    ['own'],
    'POST /api/v1/flows: request.lane does not take shared',
  ],
])('it breaks a client when %j becomes %j', (path, value, sentence) => {
  expect(breakingChanges(read('openapi-promised.json'), changed(path, value))).toContain(sentence);
});

it.each([
  [['paths', '/api/v1/more'], { get: { responses: {} } }],
  [[...schemas, 'FlowSummary', 'properties', 'more'], { type: 'string' }],
  [[...schemas, 'NewFlow', 'properties', 'more'], { type: 'string' }],
  [
    [...schemas, 'Observed', 'enum'],
    ['stopped', 'starting', 'running', 'degraded', 'failed', 'stopping', 'resting'],
  ],
  [[...schemas, 'FlowSummary', 'properties', 'observed'], { allOf: [{ $ref: '#/components/schemas/Observed' }] }],
])('it breaks nobody when %j becomes %j', (path, value) => {
  expect(breakingChanges(read('openapi-promised.json'), changed(path, value))).toEqual([]);
});
