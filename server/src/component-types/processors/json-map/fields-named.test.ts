import { fieldsNamed } from '@semstreams/contract';
import { expect, it } from 'vitest';
import { z } from 'zod';
import { jsonMapDefinition } from './json-map.definition.ts';

const schema = z.toJSONSchema(jsonMapDefinition.config, { io: 'input' });
const namesIn = (config: object) => {
  const { read, written } = fieldsNamed(schema, config);
  return [read.map(({ name }) => name), written.map(({ name }) => name)];
};

it.each([
  [{ steps: [{ do: 'rename', from: 'temp', to: 'temperature' }] }, [['temp'], ['temperature']]],
  [{ steps: [{ do: 'set', field: 'site', value: 1 }] }, [[], ['site']]],
  [{ steps: [{ do: 'template', field: 'title', text: '{a}' }] }, [[], ['title']]],
  [{ steps: [{ do: 'default', field: 'unit', value: 'C' }] }, [[], ['unit']]],
  [{ steps: [{ do: 'round', field: 'a', to: 'b' }] }, [['a'], ['b']]],
  [{ mappings: [{ source_field: 'a', target_field: 'b' }] }, [['a'], ['b']]],
  [{ mappings: { a: 'b' } }, [[], ['b']]],
  [{ steps: [{ do: 'convert', field: 'a', into: 'number' }], remove_fields: ['c'] }, [['a', 'c'], []]],
])('of %j it reads and writes %j', (config, names) => expect(namesIn(config)).toEqual(names));
