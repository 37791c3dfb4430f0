import { expect, it } from 'vitest';
import { z } from 'zod';
import type { Finding } from './finding.ts';
import { type CheckedType, validateFlow } from './validate.ts';
const json = { direction: 'output', kind: 'json', required: true } as const;
const types: ReadonlyMap<string, CheckedType> = new Map<string, CheckedType>([
  [
    'udp_input',
    {
      title: 'Packets',
      category: 'input',
      ports: { out: json },
      config: z.strictObject({
        port: z.int().min(1).max(65535),
        host: z.string().min(2).max(8).optional(),
        mode: z.enum(['text', 'lines']).optional(),
        tags: z.array(z.string()).min(1).max(2).optional(),
        on: z.boolean().optional(),
        url: z.string().regex(/^ws:/, 'write an address').optional(),
        either: z.union([z.number(), z.strictObject({ a: z.strictObject({ b: z.number() }) })]).optional(),
        map: z.record(z.string().regex(/^[a-z]+$/, 'small letters only'), z.number()).optional(),
      }),
    },
  ],
  [
    'raw_input',
    { title: 'Raw', category: 'input', ports: { out: { ...json, kind: 'bytes' } }, config: z.strictObject({}) },
  ],
  [
    'json_filter',
    {
      title: 'Filter',
      category: 'processor',
      ports: { in: { ...json, direction: 'input' }, out: json, rejected: json },
      config: z.strictObject({}),
    },
  ],
  [
    'file_output',
    { title: 'File', category: 'output', ports: { in: { ...json, direction: 'input' } }, config: z.strictObject({}) },
  ],
  [
    'breaks',
    {
      title: 'Breaks',
      category: 'output',
      ports: { in: { ...json, direction: 'input' } },
      config: z.unknown().transform(() => {
        throw new Error('no such thing');
      }),
    },
  ],
]);
const a = { id: 'a', type: 'udp_input', config: { port: 1 } };
const c = { id: 'c', type: 'file_output' };
const cfg = (config: unknown) => ({ components: [{ ...a, config }, c] });
const documents = {
  'no component': { components: [] },
  'an id twice': { components: [a, { ...c, id: 'a' }], connections: [] },
  'a type that is nearly right': { components: [{ id: 'a', type: 'udp_imput' }] },
  'a type that nobody knows': { components: [{ id: 'a', type: 'quite_other' }] },
  'a number too small': cfg({ port: 0 }),
  'a number too large': cfg({ port: 70000 }),
  'a text too short': cfg({ port: 1, host: 'x' }),
  'a text too long': cfg({ port: 1, host: 'x'.repeat(9) }),
  'a list too short': cfg({ port: 1, tags: [] }),
  'a list too long': cfg({ port: 1, tags: ['a', 'b', 'c'] }),
  'a text for a number': cfg({ port: 'x' }),
  'an object for a switch': cfg({ port: 1, on: { a: 1 } }),
  'a list for a switch': cfg({ port: 1, on: [1] }),
  'null for a number': cfg({ port: null }),
  'a broken number': cfg({ port: 1.5 }),
  'a choice that is nearly right': cfg({ port: 1, mode: 'lines!' }),
  'a long text for a choice': cfg({ port: 1, mode: 'x'.repeat(70) }),
  'a setting that is nearly right': cfg({ prot: 1 }),
  'a setting that nobody knows': cfg({ port: 1, quite: 2 }),
  'a setting that is missing': cfg({}),
  'a text of the wrong form': cfg({ port: 1, url: 'http' }),
  'what fits neither of two': cfg({ port: 1, either: 'x' }),
  'what is wrong deep in one of two': cfg({ port: 1, either: { a: { b: 'x' } } }),
  'a key of the wrong form': cfg({ port: 1, map: { A: 1 } }),
  'a type that breaks': { components: [a, { id: 'c', name: 'Out', type: 'breaks' }] },
  'ends that are not there': {
    components: [a, c],
    connections: [
      { from: 'b', to: 'c' },
      { from: 'a', to: 'cc.in' },
      { from: 'a.nope', to: 'c' },
    ],
  },
  'a chain the wrong way round': { components: [c, a] },
  'a connection twice': {
    components: [a, c],
    connections: [
      { from: 'a', to: 'c' },
      { from: 'a.out', to: 'c.in' },
    ],
  },
  'a buffer of a live connection': {
    components: [a, c],
    connections: [{ from: 'a', to: 'c', buffer: { max_bytes: '1MB' } }],
  },
  'bytes where fields are needed': { components: [{ id: 'r', name: 'Bytes', type: 'raw_input' }, c] },
  'a circle': {
    components: [a, { id: 'f', name: 'One', type: 'json_filter' }, { id: 'g', type: 'json_filter' }, c],
    connections: [
      { from: 'a', to: 'f' },
      { from: 'f.out', to: 'g' },
      { from: 'g.out', to: 'f' },
      { from: 'f.rejected', to: 'c' },
      { from: 'g.rejected', to: 'c' },
    ],
  },
  'nothing connected': { components: [a, { id: 'f', name: 'One', type: 'json_filter' }, c], connections: [] },
  'a password in an address': cfg({ port: 1, url: 'ws://u:p@h/' }),
  'a secret for an address': cfg({ port: 1, url: '${FEED}' }),
  null: null,
  'a list': [],
  'a text': 'x',
  'a number for the list of components': { components: 3 },
  'an empty name': { name: '', components: [a, c] },
};

const told: Readonly<Record<keyof typeof documents, readonly Finding[]>> = {
  'no component': [
    { severity: 'error', code: 'empty', place: 'components', sentence: 'the flow has no component yet' },
  ],
  'an id twice': [
    {
      severity: 'error',
      code: 'duplicate_id',
      place: 'components[1].id',
      component: 'a',
      sentence: 'the id "a" is used twice',
    },
    {
      severity: 'warning',
      code: 'leads_nowhere',
      place: 'components[0]',
      component: 'a',
      sentence: '"a" leads nowhere, so what it sends is lost',
    },
    {
      severity: 'warning',
      code: 'nothing_comes_in',
      place: 'components[1]',
      component: 'a',
      sentence: 'nothing is connected to "a", so it does nothing',
    },
  ],
  'a type that is nearly right': [
    {
      severity: 'error',
      code: 'unknown_type',
      place: 'components[0].type',
      component: 'a',
      sentence: 'there is no component type "udp_imput"',
      hint: 'did you mean "udp_input"?',
      instead: 'udp_input',
    },
  ],
  'a type that nobody knows': [
    {
      severity: 'error',
      code: 'unknown_type',
      place: 'components[0].type',
      component: 'a',
      sentence: 'there is no component type "quite_other"',
      hint: 'see the list of component types',
    },
  ],
  'a number too small': [
    {
      severity: 'error',
      code: 'out_of_range',
      place: 'components[0].config.port',
      sentence: 'must be at least 1',
      component: 'a',
      field: 'port',
    },
  ],
  'a number too large': [
    {
      severity: 'error',
      code: 'out_of_range',
      place: 'components[0].config.port',
      sentence: 'must be at most 65535',
      component: 'a',
      field: 'port',
    },
  ],
  'a text too short': [
    {
      severity: 'error',
      code: 'out_of_range',
      place: 'components[0].config.host',
      sentence: 'must be at least 2 characters',
      component: 'a',
      field: 'host',
    },
  ],
  'a text too long': [
    {
      severity: 'error',
      code: 'out_of_range',
      place: 'components[0].config.host',
      sentence: 'must be at most 8 characters',
      component: 'a',
      field: 'host',
    },
  ],
  'a list too short': [
    {
      severity: 'error',
      code: 'out_of_range',
      place: 'components[0].config.tags',
      sentence: 'must be at least 1 entry',
      component: 'a',
      field: 'tags',
    },
  ],
  'a list too long': [
    {
      severity: 'error',
      code: 'out_of_range',
      place: 'components[0].config.tags',
      sentence: 'must be at most 2 entries',
      component: 'a',
      field: 'tags',
    },
  ],
  'a text for a number': [
    {
      severity: 'error',
      code: 'wrong_type',
      place: 'components[0].config.port',
      sentence: '"x" is not a number',
      component: 'a',
      field: 'port',
    },
  ],
  'an object for a switch': [
    {
      severity: 'error',
      code: 'wrong_type',
      place: 'components[0].config.on',
      sentence: 'an object is not true or false',
      component: 'a',
      field: 'on',
    },
  ],
  'a list for a switch': [
    {
      severity: 'error',
      code: 'wrong_type',
      place: 'components[0].config.on',
      sentence: 'a list is not true or false',
      component: 'a',
      field: 'on',
    },
  ],
  'null for a number': [
    {
      severity: 'error',
      code: 'wrong_type',
      place: 'components[0].config.port',
      sentence: '"null" is not a number',
      component: 'a',
      field: 'port',
    },
  ],
  'a broken number': [
    {
      severity: 'error',
      code: 'wrong_type',
      place: 'components[0].config.port',
      sentence: '"1.5" is not a whole number',
      component: 'a',
      field: 'port',
    },
  ],
  'a choice that is nearly right': [
    {
      severity: 'error',
      code: 'wrong_value',
      place: 'components[0].config.mode',
      sentence: '"lines!" is not one of the choices',
      hint: 'did you mean "lines"?',
      instead: 'lines',
      component: 'a',
      field: 'mode',
    },
  ],
  'a long text for a choice': [
    {
      severity: 'error',
      code: 'wrong_value',
      place: 'components[0].config.mode',
      sentence: '"xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx…" is not one of the choices',
      hint: 'one of: text, lines',
      component: 'a',
      field: 'mode',
    },
  ],
  'a setting that is nearly right': [
    {
      severity: 'error',
      code: 'missing',
      place: 'components[0].config.port',
      sentence: '"port" is missing',
      component: 'a',
      field: 'port',
    },
    {
      severity: 'error',
      code: 'unknown_key',
      place: 'components[0].config.prot',
      sentence: '"prot" is not known here',
      hint: 'did you mean "port"?',
      instead: 'port',
      component: 'a',
      field: 'prot',
    },
  ],
  'a setting that nobody knows': [
    {
      severity: 'error',
      code: 'unknown_key',
      place: 'components[0].config.quite',
      sentence: '"quite" is not known here',
      hint: 'known here: port, host, mode, tags, on, url, either, map',
      component: 'a',
      field: 'quite',
    },
  ],
  'a setting that is missing': [
    {
      severity: 'error',
      code: 'missing',
      place: 'components[0].config.port',
      sentence: '"port" is missing',
      component: 'a',
      field: 'port',
    },
  ],
  'a text of the wrong form': [
    {
      severity: 'error',
      code: 'wrong_value',
      place: 'components[0].config.url',
      sentence: 'write an address',
      component: 'a',
      field: 'url',
    },
  ],
  'what fits neither of two': [
    {
      severity: 'error',
      code: 'wrong_value',
      place: 'components[0].config.either',
      sentence: '"x" does not fit here',
      component: 'a',
      field: 'either',
    },
  ],
  'what is wrong deep in one of two': [
    {
      severity: 'error',
      code: 'wrong_type',
      place: 'components[0].config.either.a.b',
      sentence: '"x" is not a number',
      component: 'a',
      field: 'either.a.b',
    },
  ],
  'a key of the wrong form': [
    {
      severity: 'error',
      code: 'wrong_key',
      place: 'components[0].config.map.A',
      sentence: 'small letters only',
      component: 'a',
      field: 'map.A',
    },
  ],
  'a type that breaks': [
    {
      severity: 'error',
      code: 'cannot_be_checked',
      place: 'components[1].config',
      component: 'c',
      sentence: 'the settings of "Out" cannot be checked: no such thing',
      hint: 'the component type "breaks" is at fault, not the flow',
    },
  ],
  'ends that are not there': [
    {
      severity: 'error',
      code: 'wrong_port',
      place: 'connections[0].from',
      sentence: 'there is no component "b"',
      hint: 'did you mean "c"?',
      instead: 'c',
    },
    {
      severity: 'error',
      code: 'wrong_port',
      place: 'connections[1].to',
      sentence: 'there is no component "cc"',
      hint: 'did you mean "c"?',
      instead: 'c',
    },
    {
      severity: 'error',
      code: 'wrong_port',
      place: 'connections[2].from',
      sentence: '"a" has no output port "nope"',
      hint: 'write "a.out"',
    },
    {
      severity: 'warning',
      code: 'leads_nowhere',
      place: 'components[0]',
      component: 'a',
      sentence: '"a" leads nowhere, so what it sends is lost',
    },
    {
      severity: 'warning',
      code: 'nothing_comes_in',
      place: 'components[1]',
      component: 'c',
      sentence: 'nothing is connected to "c", so it does nothing',
    },
  ],
  'a chain the wrong way round': [
    { severity: 'error', code: 'wrong_port', place: 'components[1]', sentence: '"c" sends nothing on' },
    { severity: 'error', code: 'wrong_port', place: 'components[1]', sentence: '"a" takes nothing in' },
    {
      severity: 'warning',
      code: 'nothing_comes_in',
      place: 'components[0]',
      component: 'c',
      sentence: 'nothing is connected to "c", so it does nothing',
    },
    {
      severity: 'warning',
      code: 'leads_nowhere',
      place: 'components[1]',
      component: 'a',
      sentence: '"a" leads nowhere, so what it sends is lost',
    },
  ],
  'a connection twice': [
    {
      severity: 'error',
      code: 'duplicate_connection',
      place: 'connections[1]',
      sentence: 'these two are connected twice',
    },
  ],
  'a buffer of a live connection': [
    {
      severity: 'error',
      code: 'buffer_without_guarantee',
      place: 'connections[0].buffer',
      sentence: 'a live connection keeps nothing, so it has no buffer',
      hint: 'write "delivery": "guaranteed", or leave "buffer" out',
    },
  ],
  'bytes where fields are needed': [
    {
      severity: 'error',
      code: 'wrong_kind',
      place: 'components[1]',
      component: 'c',
      sentence: '"c" needs messages with fields, and "Bytes" sends raw bytes',
    },
  ],
  'a circle': [
    {
      severity: 'error',
      code: 'circle',
      place: 'connections',
      component: 'g',
      sentence: 'data would go round in a circle through "One" and "g"',
    },
  ],
  'nothing connected': [
    {
      severity: 'warning',
      code: 'leads_nowhere',
      place: 'components[0]',
      component: 'a',
      sentence: '"a" leads nowhere, so what it sends is lost',
    },
    {
      severity: 'warning',
      code: 'nothing_comes_in',
      place: 'components[1]',
      component: 'f',
      sentence: 'nothing is connected to "One", so it does nothing',
    },
    {
      severity: 'warning',
      code: 'leads_nowhere',
      place: 'components[1]',
      component: 'f',
      sentence: '"One" leads nowhere, so what it sends is lost',
    },
    {
      severity: 'warning',
      code: 'leads_nowhere',
      place: 'components[1]',
      component: 'f',
      sentence: '"One" (rejected) leads nowhere, so what it sends is lost',
    },
    {
      severity: 'warning',
      code: 'nothing_comes_in',
      place: 'components[2]',
      component: 'c',
      sentence: 'nothing is connected to "c", so it does nothing',
    },
  ],
  'a password in an address': [
    {
      severity: 'warning',
      code: 'password_in_address',
      place: 'components[0].config.url',
      component: 'a',
      field: 'url',
      sentence: 'the address holds a password, and everybody who sees the flow can read it',
      hint: 'write "${NAME}" instead, and give the whole address to the server as the secret NAME',
    },
  ],
  'a secret for an address': [],
  null: [{ severity: 'error', code: 'wrong_type', place: '', sentence: '"null" is not an object' }],
  'a list': [{ severity: 'error', code: 'wrong_type', place: '', sentence: 'a list is not an object' }],
  'a text': [{ severity: 'error', code: 'wrong_type', place: '', sentence: '"x" is not an object' }],
  'a number for the list of components': [
    { severity: 'error', code: 'wrong_type', place: 'components', sentence: '"3" is not a list' },
  ],
  'an empty name': [
    {
      severity: 'error',
      code: 'wrong_value',
      place: 'name',
      sentence: 'a name is one line with something to see, without control characters',
    },
  ],
};

it.each(Object.keys(documents) as (keyof typeof documents)[])('says in full what is wrong: %s', (name) =>
  expect(validateFlow(documents[name], types)).toEqual(told[name]),
);
