import { expect, it } from 'vitest';
import { readDefinition } from './read-definition.ts';

const field = (type: string, more = ''): string => `<field type="${type}" name="x" ${more}/>`;
const inMessage = (inner: string, id = '7'): ReturnType<typeof readDefinition> =>
  readDefinition(`<mavlink><messages><message id="${id}" name="A">${inner}</message></messages></mavlink>`);
const inEnum = (entries: string): ReturnType<typeof readDefinition> =>
  readDefinition(`<mavlink><enums><enum name="E">${entries}</enum></enums></mavlink>`);

it.each([
  ['char', 'char', 0],
  ['char[20]', 'char', 20],
  ['uint8_t', 'u8', 0],
  ['uint8_t_mavlink_version', 'u8', 0],
  ['int8_t', 'i8', 0],
  ['uint16_t', 'u16', 0],
  ['int16_t[3]', 'i16', 3],
  ['uint32_t', 'u32', 0],
  ['int32_t', 'i32', 0],
  ['uint64_t', 'u64', 0],
  ['int64_t', 'i64', 0],
  ['float', 'f32', 0],
  ['double[255]', 'f64', 255],
])('the type "%s" is %s, of the length %d', (type, expected, length) => {
  const { messages, mistakes } = inMessage(field(type));
  expect([messages[0]?.fields[0], mistakes]).toEqual([expect.objectContaining({ type: expected, length }), []]);
});

it.each([
  ['', 'the type "", which there is none of'],
  ['constructor', 'the type "constructor", which there is none of'],
  ['uint16', 'the type "uint16", which there is none of; did you mean "uint16_t"?'],
  ['nothing like it', 'the type "nothing like it", which there is none of'],
  ['uint8_t[0]', 'the type "uint8_t[0]", which there is none of'],
  ['uint8_t[1000]', 'the type "uint8_t[1000]", which there is none of'],
  ['uint8_t[2]x', 'the type "uint8_t[2]x", which there is none of'],
])('the type "%s" is refused', (type, sentence) =>
  expect(inMessage(field(type)).mistakes[0]).toMatch(
    new RegExp(`^line 1: "x" of "A" has ${sentence.replace(/[[\]?.]/g, '\\$&')}(; did you mean "uint8_t"\\?)?$`),
  ),
);

it('a field has its enumeration, its unit, and whether it is a mask or an extension', () => {
  const text = `${field('uint8_t', 'enum="E" display="bitmask" units="m"')}<extensions/><field type="float" name="y" display="hex"/>`;
  expect(inMessage(text).messages[0]?.fields).toEqual([
    { name: 'x', type: 'u8', length: 0, isExtension: false, enumeration: 'E', isMask: true, units: 'm' },
    { name: 'y', type: 'f32', length: 0, isExtension: true, enumeration: undefined, isMask: false, units: undefined },
  ]);
});

it.each([
  ['0', 0],
  ['16777215', 16_777_215],
  ['0x10', 16],
])('the id %s is %d', (given, id) => expect(inMessage(field('float'), given).messages[0]?.id).toBe(id));

it.each(['', '-1', '16777216', '1.5', 'x'])('the id "%s" is none', (given) => {
  const { messages, mistakes } = inMessage(field('float'), given);
  expect([messages[0]?.id, mistakes]).toEqual([undefined, ['line 1: the message "A" has no "id" from 0 to 16777215']]);
});

it.each([
  ['12', 12],
  [' -1 ', -1],
  ['0x1F', 31],
  ['0b101', 5],
  ['2**5', 32],
  ['2 ** 63', 2 ** 63],
  ['1<<5', 32],
  ['-9223372036854775808', -(2 ** 63)],
  ['18446744073709549568', 18446744073709549568],
])('the value "%s" is %d', (text, value) =>
  expect(
    inEnum(`<entry name="E_A" value="${text.replace('<<', '&lt;&lt;')}"/>`).enumerations[0]?.entries[0]?.value,
  ).toBe(value),
);

it.each(['', 'x', '1.5', '2**64', '18446744073709551616', '-9223372036854775809', '9007199254740993', '3**2'])(
  'the value "%s" is none',
  (text) => {
    const [mistake] = inEnum(`<entry name="E_A" value="${text}"/>`).mistakes;
    expect(mistake).toContain(`"${text}" is no value of "E_A": a whole number from -2^63 to 2^64 - 1 is one`);
  },
);

it('an entry without a value has the one behind the highest', () => {
  const entries = '<entry name="E_A"/><entry name="E_B" value="7"/><entry name="E_C" value="3"/><entry name="E_D"/>';
  const { enumerations, mistakes } = inEnum(entries);
  expect(enumerations[0]?.entries.map(({ name, value }) => [name, value])).toEqual([
    ['E_A', 1],
    ['E_B', 7],
    ['E_C', 3],
    ['E_D', 8],
  ]);
  expect(mistakes).toEqual([]);
});

it.each(['description', 'deprecated', 'superseded', 'wip'])('people may say something in "%s"', (tag) => {
  const remark = `<${tag}>any <b>text</b></${tag}>`;
  const inside = `${remark}<entry name="E_A" value="1">${remark}</entry>`;
  expect(inEnum(inside).mistakes).toEqual([]);
  expect(inMessage(remark + field('float')).mistakes).toEqual([]);
});

it('includes are read as text and as CDATA, with their lines', () => {
  const text =
    '<mavlink><include> a.xml </include>\n<include><![CDATA[b.xml]]></include><version>1</version></mavlink>';
  expect(readDefinition(text).includes).toEqual([
    { file: 'a.xml', line: 1 },
    { file: 'b.xml', line: 2 },
  ]);
});
