import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { bundledEnumeration, definitionsOf } from './bundled.ts';
import { dialectParts } from './dialect-names.generated.ts';
import { type Dialect, messagesOf } from './dialects.ts';
import type { Frame } from './frames.ts';
import { interpret } from './interpret.ts';
import { FrameWriter } from './frame-writer.ts';
import { loadDefinitions, loadTypes } from './load-dialect.ts';

const dataDir = mkdtempSync(join(tmpdir(), 'semstreams-dialect-'));
afterAll(() => rmSync(dataDir, { recursive: true }));

const load = async (files: Readonly<Record<string, string>>, first = 'mine.xml') => {
  for (const [name, text] of Object.entries(files)) writeFileSync(join(dataDir, name), text);
  return loadTypes({ dialect: 'own', definition: first }, dataDir);
};
const message = (inner: string, id = 20_000, name = 'MINE') =>
  `<mavlink><messages><message id="${id}" name="${name}"><description>x &amp; y</description>${inner}</message></messages></mavlink>`;

const frame = { system: 1, component: 2, sequence: 3 } as Frame;
const decoded = (types: Awaited<ReturnType<typeof load>>, id: number, bytes: readonly number[]) => {
  const type = types.get(id)!;
  const view = new DataView(new ArrayBuffer(255));
  bytes.forEach((byte, index) => view.setUint8(index, byte));
  return type.decode(frame, 0, view, 0);
};

describe('a dialect of one’s own', () => {
  it('has its messages, its enumerations, and those of what it includes', async () => {
    const types = await load({
      'mine.xml': `<?xml version="1.0"?>
        <mavlink>
          <include>common.xml</include><include>more.xml</include>
          <version>3</version>
          <enums>
            <enum name="PUMP"><entry name="PUMP_OFF" value="0"/><entry name="PUMP_ON"/></enum>
            <enum name="MAV_CMD"><entry name="MAV_CMD_USER_PUMP" value="31999"><param index="1">speed</param></entry></enum>
          </enums>
          <messages>
            <message id="20000" name="PUMP_STATE">
              <wip/>
              <description>What the <b>pump</b> does.</description>
              <field type="uint8_t" name="state" enum="PUMP">state</field>
              <field type="float" name="pressure" units="hPa">pressure</field>
              <extensions/>
              <field type="char[4]" name="time">its time</field>
            </message>
          </messages>
        </mavlink>`,
      'more.xml': message(
        '<field type="uint8_t" name="flags" enum="VALVES" display="bitmask"/>',
        20_001,
        'VALVES_OPEN',
      ).replace(
        '<messages>',
        '<enums><enum name="VALVES"><entry name="VALVES_A" value="1<<0"/><entry name="VALVES_B" value="0x02"/><entry name="VALVES_C" value="2**2"/></enum></enums><messages>'.replaceAll(
          '<<0',
          '&lt;&lt;0',
        ),
      ),
    });
    expect(types.size).toBe(messagesOf('common').size + 2);
    expect(decoded(types, 20_000, [0, 0, 128, 63, 1, 97, 98])).toEqual({
      message: 'PUMP_STATE',
      message_id: 20_000,
      system_id: 1,
      component_id: 2,
      sequence: 3,
      time: 0,
      pressure: 1,
      state: 1,
      state_name: 'ON',
      time_field: 'ab',
    });
    expect(decoded(types, 20_001, [6])).toMatchObject({ flags: 6, flags_names: ['B', 'C'] });
    const command = new Array<number>(33).fill(0);
    command.splice(28, 2, 31_999 & 0xff, 31_999 >> 8);
    expect(decoded(types, 76, command)).toMatchObject({ command: 31_999, command_name: 'USER_PUMP' });
    expect(decoded(types, 76, command.with(28, 400 & 0xff).with(29, 400 >> 8))).toMatchObject({
      command_name: 'COMPONENT_ARM_DISARM',
    });
  });

  it.each([
    ['no XML', 'pump', /"mine.xml", line 1: it is no XML/],
    ['an element that is not closed', '<mavlink>\n<messages>', /line 2: it is no XML: unclosed root tag/],
    [
      'a misspelt element',
      message('<feild type="uint8_t" name="a"/>'),
      /no element "feild" in "message"; did you mean "field"\?/,
    ],
    ['another root', '<html/>', /no element "html" at the top/],
    ['nothing', '<mavlink/>', /it defines nothing/],
    [
      'a type that there is none of',
      message('<field type="unit8_t" name="a"/>'),
      /"a" of "MINE" has the type "unit8_t", which there is none of; did you mean "uint8_t"\?/,
    ],
    ['an array without length', message('<field type="uint8_t[0]" name="a"/>'), /has the type "uint8_t\[0\]"/],
    ['a field without name', message('<field type="uint8_t"/>'), /a field of "MINE" has no "name"/],
    ['a field that is no name', message('<field type="uint8_t" name="a b"/>'), /"a b" is no name/],
    [
      'a field that would change what it is in',
      message('<field type="uint8_t" name="__proto__"/>'),
      /"__proto__" is no name/,
    ],
    [
      'a field twice',
      message('<field type="uint8_t" name="a"/><field type="uint8_t" name="a"/>'),
      /"MINE" has "a" twice/,
    ],
    [
      'two fields of one key',
      message('<field type="uint8_t" name="message"/><field type="uint8_t" name="message_field"/>'),
      /"mine.xml", line 1: "message" of "MINE" is called "message_field" in payloads, as another field is/,
    ],
    [
      'extensions twice',
      message('<field type="uint8_t" name="a"/><extensions/><field type="uint8_t" name="b"/><extensions/>'),
      /"mine.xml", line 1: "MINE" has "<extensions\/>" twice/,
    ],
    [
      'an entry twice',
      '<mavlink><enums><enum name="A"><entry name="A_B" value="1"/>\n<entry name="A_B" value="2"/></enum></enums></mavlink>',
      /"mine.xml", line 2: the enum has "A_B" twice/,
    ],
    ...['18446744073709551616', '2**64', '-9223372036854775809', '9007199254740993'].map(
      (value): [string, string, RegExp] => [
        `the value ${value}`,
        `<mavlink><enums><enum name="A"><entry name="A_B" value="${value}"/></enum></enums></mavlink>`,
        /"mine.xml", line 1: "[-\d*]+" is no value of "A_B": a whole number from -2\^63 to 2\^64 - 1 is one/,
      ],
    ),
    [
      'the name of a message that it builds on',
      message('<field type="uint8_t" name="a"/>', 20_000, 'HEARTBEAT').replace(
        '<messages>',
        '<include>minimal.xml</include>\n<messages>',
      ),
      /"mine.xml", line 2: there is a message "HEARTBEAT" already, 0 of "minimal"/,
    ],
    [
      'no id, and tells that alone',
      message('<field type="uint8_t" name="a"/>')
        .replace(' id="20000"', '')
        .replace('<messages>', '<include>minimal.xml</include>\n<messages>'),
      /cannot be used: "mine.xml", line 2: the message "MINE" has no "id" from 0 to 16777215$/,
    ],
    [
      'a value of the product by another number',
      '<mavlink><include>minimal.xml</include>\n<enums><enum name="MAV_TYPE"><entry name="MAV_TYPE_GCS" value="200"/></enum></enums></mavlink>',
      /"mine.xml", line 2: "GCS" of "MAV_TYPE" is 6 already, not 200/,
    ],
    ['no fields', message(''), /"MINE" has no fields/],
    ['too many bytes', message('<field type="double[32]" name="a"/>'), /"MINE" takes 256 bytes: 255 are the most/],
    [
      'an id that is none',
      message('<field type="uint8_t" name="a"/>', -1),
      /the message "MINE" has no "id" from 0 to 16777215/,
    ],
    [
      'an enumeration that there is none of',
      message('<field type="uint8_t" name="a" enum="NO"/>'),
      /"a" of "MINE" names the enum "NO", which there is none of/,
    ],
    [
      'a value that is none',
      '<mavlink><enums><enum name="A"><entry name="A_B" value="__import__(1)"/></enum></enums></mavlink>',
      /"__import__\(1\)" is no value of "A_B"/,
    ],
    [
      'a value twice',
      '<mavlink><enums><enum name="A"><entry name="A_B" value="1"/>\n<entry name="A_C" value="1"/></enum></enums></mavlink>',
      /line 2: 1 of "A" is "A_B" already, not "A_C"/,
    ],
    [
      'another name for a value of the product',
      '<mavlink><enums><enum name="MAV_STATE"><entry name="MAV_STATE_X" value="4"/></enum></enums></mavlink>',
      /4 of "MAV_STATE" is "ACTIVE" already, not "X"/,
    ],
    [
      'a document type',
      '<!DOCTYPE mavlink [<!ENTITY a "aaaa">]>\n<mavlink/>',
      /line 1: a definition has no document type and no entities of its own/,
    ],
    ['an entity', message('<field type="uint8_t" name="a">&a;</field>'), /it is no XML: invalid character entity/],
    [
      'an id of what it includes',
      `<mavlink><include>common.xml</include>${message('<field type="uint8_t" name="a"/>', 30).slice(9)}`,
      /"MINE" has the id 30, which "ATTITUDE" of "common" has/,
    ],
    [
      'two dialects of the product that use one id for different messages',
      '<mavlink><include>ardupilotmega.xml</include><include>matrixpilot.xml</include></mavlink>',
      /it builds on "ardupilotmega.xml" and "matrixpilot.xml", which do not go together: \d+ is "\w+" of "matrixpilot", and "\w+" of "ardupilotmega" is \d+; leave one of them out/,
    ],
    [
      'an include of itself',
      '<mavlink><include>mine.xml</include></mavlink>',
      /"mine.xml" includes "mine.xml", which includes it: a loop/,
    ],
    [
      'an include that is away',
      '<mavlink><include>away.xml</include></mavlink>',
      /there is no file ".*away.xml", which "mine.xml" includes/,
    ],
    [
      'an include of another folder',
      '<mavlink><include>../secret.xml</include></mavlink>',
      /line 1: "..\/secret.xml" names no file of the same folder/,
    ],
    [
      'an include of another place',
      '<mavlink><include>http://example/a.xml</include></mavlink>',
      /names no file of the same folder/,
    ],
    [
      'elements in one another without end',
      '<mavlink><enums><enum name="A"><description>'.concat('<b>'.repeat(100)),
      /more than 16 elements in one another/,
    ],
  ])('that has %s is refused with a sentence', async (_, text, sentence) => {
    await expect(load({ 'mine.xml': text })).rejects.toThrow(sentence);
    await expect(load({ 'mine.xml': text })).rejects.toMatchObject({ name: 'FatalFault' });
  });

  it('is refused where its includes go round in a circle', async () => {
    const including = (file: string) => `<mavlink><include>${file}</include></mavlink>`;
    await expect(
      load({ 'mine.xml': including('b.xml'), 'b.xml': including('c.xml'), 'c.xml': including('b.xml') }),
    ).rejects.toThrow('"c.xml" includes "b.xml", which includes it: a loop');
  });

  it('is refused where it is a pipe, into which nobody may ever write', async () => {
    execFileSync('mkfifo', [join(dataDir, 'pipe.xml')]);
    await expect(load({}, 'pipe.xml')).rejects.toThrow('pipe');
  });

  it('takes no longer for many names than for few', async () => {
    const many = (text: (n: number) => string) => Array.from({ length: 60_000 }, (_, n) => text(n)).join('');
    const entries = many((n) => `<entry name="MANY_${n}"/>`);
    const enums = `<enums><enum name="MANY">${entries}</enum></enums>`;
    await load({ 'mine.xml': `<mavlink>${enums}</mavlink>` });
    const fields = many((n) => `<field type="char" name="f${n}"/>`);
    await expect(load({ 'mine.xml': message(fields) })).rejects.toThrow('has 60000 fields: 64 are the most');
  });

  it('is refused where it is too large, and tells no more than five mistakes at once', async () => {
    await expect(load({ 'mine.xml': `<mavlink>${' '.repeat(5 * 1024 ** 2)}</mavlink>` })).rejects.toThrow(
      '"mine.xml" is too large',
    );
    const wrong = message('<field type="no" name="a"/>'.repeat(30));
    await expect(load({ 'mine.xml': wrong })).rejects.toThrow(/(has the type.*){5}, and \d+ more/);
  });

  it('keeps a field of its own apart from the name of another one’s value', async () => {
    const text = message(
      '<field type="uint8_t" name="state" enum="MAV_STATE"/><field type="uint8_t" name="state_name"/>',
    );
    await load({ 'mine.xml': text });
    const definitions = await loadDefinitions({ dialect: 'own', definition: 'mine.xml' }, dataDir);
    const writer = new FrameWriter({ ...definitions, version: 2, system: 1, component: 1, keepsSequence: false });
    expect([...writer.frame({ message: 'MINE', state_name: 7 }).subarray(10, 12)]).toEqual([0, 7]);
  });

  it('can be told apart from a file that is away, or outside of the data folder', async () => {
    await expect(load({}, 'gone.xml')).rejects.toThrow(/there is no file ".*gone.xml"/);
    await expect(load({}, '../mine.xml')).rejects.toThrow('leads out of the data folder');
  });
});

describe.each(Object.keys(dialectParts) as Dialect[])('the dialect %s', (dialect) => {
  it('is read by its definitions as by its decoders', () => {
    const types = messagesOf(dialect);
    const definitions = definitionsOf(dialect);
    expect(definitions.map(({ id }) => id).sort()).toEqual([...types.keys()].sort());
    const bytes = Array.from({ length: 255 }, (_, index) => (index * 37 + 11) & 0xff);
    for (const definition of definitions) {
      const type = types.get(definition.id)!;
      const own = interpret(definition, definition.dialect, (name) => bundledEnumeration(name)?.names);
      expect([own.id, own.name, own.crcExtra, own.size]).toEqual([type.id, type.name, type.crcExtra, type.size]);
      expect(decoded(new Map([[own.id, own]]), own.id, bytes)).toEqual(decoded(types, own.id, bytes));
    }
  });
});
