import { describe, expect, it } from 'vitest';
import { type Gathered, gatherDefinitions, type Library, shortened } from './gather-definitions.ts';

const gather = async (files: Readonly<Record<string, string>>, more: Partial<Library> = {}): Promise<Gathered> =>
  gatherDefinitions('a.xml', {
    read: async (file) => {
      if (files[file] === undefined) throw new Error(`there is no "${file}"`);
      return files[file];
    },
    isBundled: async () => false,
    enumeration: () => undefined,
    ...more,
  });
const include = (...files: string[]): string => files.map((file) => `<include>${file}</include>`).join('');
const message = (id: number, name: string, fields = '<field type="uint8_t" name="x"/>'): string =>
  `<message id="${id}" name="${name}">${fields}</message>`;
const enumOf = (name: string, ...entries: (readonly [string, string])[]): string =>
  `<enum name="${name}">${entries.map(([entry, value]) => `<entry name="${entry}" value="${value}"/>`).join('')}</enum>`;
const definition = ({ files = '', enums = '', messages = '' }): string =>
  `<mavlink>${files}<enums>${enums}</enums><messages>${messages}</messages></mavlink>`;

describe('files', () => {
  it('are read once each, those that are included before what includes them', async () => {
    const both = definition({ files: include('c.xml'), messages: message(2, 'B') });
    const gathered = await gather({
      'a.xml': definition({ files: include('b.xml', 'c.xml'), messages: message(1, 'A') }),
      'b.xml': both,
      'c.xml': definition({ messages: message(3, 'C') }),
    });
    expect(gathered.files).toEqual(['c.xml', 'b.xml', 'a.xml']);
    expect(gathered.messages.map(({ id, name, file, place }) => [id, name, file, place])).toEqual([
      [3, 'C', 'c', '"c.xml", line 1'],
      [2, 'B', 'b', '"b.xml", line 1'],
      [1, 'A', 'a', '"a.xml", line 1'],
    ]);
    expect([gathered.bundled, gathered.mistakes]).toEqual([[], []]);
  });

  it('that come with the product are named and not read', async () => {
    const isBundled = async (file: string): Promise<boolean> => file === 'common.xml';
    const gathered = await gather(
      { 'a.xml': definition({ files: include('common.xml', 'common.xml'), messages: message(1, 'A') }) },
      { isBundled },
    );
    expect([gathered.files, gathered.bundled, gathered.mistakes]).toEqual([['a.xml'], ['common.xml'], []]);
  });

  it('that include one another, are away or lie elsewhere are told of, with who includes them', async () => {
    const { mistakes } = await gather({
      'a.xml': definition({ files: include('b.xml', 'away.xml', '../up.xml', '.hidden.xml', 'b.txt') }),
      'b.xml': definition({ files: include('a.xml'), messages: message(1, 'B') }),
    });
    expect(mistakes).toEqual([
      '"b.xml" includes "a.xml", which includes it: a loop',
      'there is no "away.xml", which "a.xml" includes',
      ...['../up.xml', '.hidden.xml', 'b.txt'].map(
        (file) => `"a.xml", line 1: "${file}" names no file of the same folder, such as "common.xml"`,
      ),
    ]);
    expect((await gather({})).mistakes).toEqual(['there is no "a.xml"']);
  });

  it.each([
    [64, []],
    [65, ['there are more than 64 files']],
  ])('may be %d: %j', async (count, mistakes) => {
    const names = Array.from({ length: count - 1 }, (_, index) => `f${index}.xml`);
    const one = definition({ enums: enumOf('E') });
    const files = Object.fromEntries(names.map((name) => [name, one]));
    const gathered = await gather({ ...files, 'a.xml': definition({ files: include(...names) }) });
    expect(gathered.mistakes).toEqual(mistakes);
  });
});

describe('an enumeration', () => {
  it.each([
    ['its own name', [['E_A', 'E_B']], 'E_'],
    ['what its names have in common', [['PUMP_ON', 'PUMP_OFF']], 'PUMP_'],
    ['whole words alone', [['PUMP_ONE', 'PUMP_ONCE']], 'PUMP_'],
    ['the words of one name but the last', [['LONG_PUMP_ON']], 'LONG_PUMP_'],
    ['nothing in common', [['ON', 'OFF']], 'E_'],
    ['no names', [[]], 'E_'],
    ['one that is the beginning of another', [['PUMP_A', 'PUMP_A_B']], 'PUMP_'],
  ] as const)('is called by %s', async (_, [names], prefix) => {
    const entries = names.map((name, index) => [name, String(index)] as const);
    const { enumerations } = await gather({ 'a.xml': definition({ enums: enumOf('E', ...entries) }) });
    expect(enumerations.get('E')?.prefix).toBe(prefix);
  });

  it('is added to by other files, and keeps where each value stands', async () => {
    const { enumerations, mistakes } = await gather({
      'a.xml': definition({ files: include('b.xml'), enums: enumOf('E', ['E_TWO', '2']) }),
      'b.xml': definition({ enums: enumOf('E', ['E_ONE', '1']) }),
    });
    expect(enumerations.get('E')).toMatchObject({
      isMask: false,
      wholeNames: { 1: 'E_ONE', 2: 'E_TWO' },
      places: { 1: '"b.xml", line 1', 2: '"a.xml", line 1' },
    });
    expect(mistakes).toEqual([]);
  });

  it('that two files say otherwise is told of; that they say the same is not', async () => {
    const { mistakes } = await gather({
      'a.xml': definition({ files: include('b.xml'), enums: enumOf('E', ['E_X', '1'], ['E_Y', '3'], ['E_Z', '4']) }),
      'b.xml': definition({ enums: enumOf('E', ['E_A', '1'], ['E_Y', '2'], ['E_Z', '4']) }),
    });
    expect(mistakes).toEqual([
      '"a.xml", line 1: 1 of "E" is "E_A" already, not "E_X"',
      '"a.xml", line 1: "E_Y" of "E" is 2 already, not 3',
    ]);
  });

  it.each([
    ['bitmask="true"', 'E', true],
    ['', 'E', false],
    ['bitmask="true"', 'MAV_BOOL', false],
  ])('%s of "%s" is a mask: %s', async (word, name, isMask) => {
    const enums = `<enum name="${name}" ${word}><entry name="${name}_A" value="1"/></enum>`;
    const field = `<field type="uint8_t" name="x" enum="${name}"/><field type="uint8_t" name="y"/>`;
    const found = await gather({ 'a.xml': definition({ enums, messages: message(1, 'A', field) }) });
    expect(found.enumerations.get(name)?.isMask).toBe(isMask);
    const fields = Object.fromEntries(found.messages[0]!.fields.map((each) => [each.name, each]));
    expect(fields['x']).toMatchObject({ enumeration: name, isMask });
    expect(fields['y']).toMatchObject({ enumeration: undefined, isMask: false });
  });

  it('of the product is known, with whether it is a mask', async () => {
    const messages = message(1, 'A', '<field type="uint8_t" name="x" enum="KNOWN"/>');
    const found = await gather(
      { 'a.xml': definition({ messages }) },
      { enumeration: (name) => (name === 'KNOWN' ? { isMask: true } : undefined) },
    );
    expect([found.messages[0]!.fields[0], found.mistakes]).toEqual([expect.objectContaining({ isMask: true }), []]);
  });
});

describe('messages', () => {
  it.each([
    [message(1, 'A') + message(1, 'B'), '"B" has the id 1, which "A" has'],
    [message(1, 'A') + message(2, 'A'), 'there is a message "A" already'],
    [message(1, 'A') + message(1, 'A'), '"A" has the id 1, which "A" has'],
    [message(1, 'A', ''), '"A" has no fields'],
    [message(1, 'A', '<field type="uint64_t[32]" name="x"/>'), '"A" takes 256 bytes: 255 are the most'],
    [
      message(1, 'A', '<field type="uint8_t" name="x" enum="NO"/>'),
      '"x" of "A" names the enum "NO", which there is none of',
    ],
    [
      message(1, 'A', Array.from({ length: 65 }, (_, index) => `<field type="uint8_t" name="f${index}"/>`).join('')),
      '"A" has 65 fields: 64 are the most',
    ],
  ])('%#: what is wrong is told of', async (messages, sentence) => {
    const { mistakes } = await gather({ 'a.xml': definition({ messages }) });
    expect(mistakes).toEqual([`"a.xml", line 1: ${sentence}`]);
  });

  it('may have as many fields and bytes as a frame takes', async () => {
    const fields = Array.from({ length: 64 }, (_, index) => `<field type="uint8_t" name="f${index}"/>`).join('');
    const messages = message(1, 'A', fields) + message(2, 'B', '<field type="uint8_t[255]" name="x"/>');
    expect((await gather({ 'a.xml': definition({ messages }) })).mistakes).toEqual([]);
  });
});

it.each([
  [{ 1: 'PUMP_ON', 2: 'PUMP_OFF' }, 'PUMP_', { 1: 'ON', 2: 'OFF' }],
  [{ 1: 'PUMP_3D', 2: 'OTHER' }, 'PUMP_', { 1: 'PUMP_3D', 2: 'OTHER' }],
  [{ 1: 'ON' }, '', { 1: 'ON' }],
])('%j without "%s" is %j', (names, prefix, expected) => expect(shortened(names, prefix)).toEqual(expected));
