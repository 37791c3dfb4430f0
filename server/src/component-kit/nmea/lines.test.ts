import { describe, expect, it } from 'vitest';
import { checksum } from './checksum.ts';
import { Decoder } from './decoder.ts';

type Payload = Readonly<Record<string, unknown>>;

const decoder = ({ needsChecksum = true, sentences = [] as readonly string[] } = {}) => {
  const [payloads, refused, invalid]: [Payload[], string[], string[]] = [[], [], []];
  const made = new Decoder({
    sentences,
    needsChecksum,
    refused: (reason) => refused.push(reason),
    invalid: (sentence) => invalid.push(sentence),
  });
  return {
    payloads,
    refused,
    invalid,
    totals: made.totals,
    line: () => made.line((payload) => payloads.push(payload)),
  };
};

const read = (lines: readonly string[], options = {}) => {
  const { line, ...found } = decoder(options);
  const one = line();
  one.push(Buffer.from(`${lines.join('\r\n')}\r\n`, 'latin1'), 0);
  one.finish(0);
  return found;
};
const summed = (body: string): string =>
  `${body}*${checksum(body.slice(1)).toString(16).padStart(2, '0').toUpperCase()}`;

const tagged = (text: string): string => `\\${text}*${checksum(text).toString(16).padStart(2, '0')}\\`;

const heading = '$GPHDT,274.07,T*03';
const said = { sentence: 'HDT', talker: 'GP', heading_deg: 274.07 };
const [first, second] = [
  '!AIVDM,2,1,9,A,53aGt3D000010C?7CF1=@E98D8u>22222222221J9@<736bgo4iiC4iCRjDPj1C`,0*14',
  '!AIVDM,2,2,9,A,8888880,2*2D',
];

describe('what stands in a line', () => {
  it.each([
    ['a sentence', [heading], 1, []],
    ['two sentences', [heading + heading], 2, []],
    ['a sentence behind noise', [`\x80\xff~x${heading}`], 1, ['garbage']],
    ['a sentence that another one cut', [`$GPHDT,27${heading}`], 1, ['garbage']],
    [
      'what a device repeats in front of it',
      [summed('$SDVLW,$SDVLW,,N,322.0,N,$SDVLW,$SDVLW,,N,322.0,N,2328.9,N')],
      1,
      [],
    ],
    ['a wrong checksum', ['$GPHDT,274.08,T*03'], 0, ['bad_checksum']],
    ['a right one behind a wrong one', ['$GPHDT,274.08,T*03', heading], 1, ['bad_checksum']],
    [
      'small letters in the checksum',
      [summed('$GPHDT,12.3,T').replace(/..$/, (digits) => digits.toLowerCase())],
      1,
      [],
    ],
    ['no checksum', ['$GPHDT,274.07,T'], 0, ['no_checksum']],
    ['half a checksum', ['$GPHDT,274.07,T*0'], 0, ['bad_checksum']],
    ['words', ['hello, world'], 0, ['garbage']],
    ['a comment of a recording', ['# made by hand', '', '   '], 0, []],
    ['the beginning of a packet of IEC 61162-450', [`UdPbC\0${tagged('s:GP0001,n:7')}${heading}`], 1, []],
    ['a line without end', ['x'.repeat(100_000), heading], 1, ['too_long']],
    ['NUL between lines', [`${heading}\0\0${heading}`], 2, []],
  ])('%s', (_, lines, count, reasons) => {
    const { payloads, refused, invalid } = read(lines);
    expect([payloads.length, refused, invalid]).toEqual([count, reasons, []]);
  });

  it('a missing checksum may be taken, and a wrong one is none', () => {
    const { payloads, refused } = read(['$GPHDT,274.07,T', '$GPHDT,274.08,T*03'], { needsChecksum: false });
    expect([payloads, refused]).toEqual([[said], ['bad_checksum']]);
  });

  it('what a receiver writes before it: source, time, destination, a number', () => {
    const block = tagged('s:r003669945,c:1120959341,d:here,n:12,t:a text');
    expect(read([block + heading]).payloads).toEqual([
      {
        ...said,
        tag: { source: 'r003669945', time: '2005-07-10T01:35:41.000Z', destination: 'here', line: 12, text: 'a text' },
      },
    ]);
    // and with a wrong checksum it says nothing
    const { payloads, refused } = read([`\\s:r003669945*00\\${heading}`]);
    expect([payloads, refused]).toEqual([[said], ['bad_checksum']]);
  });

  it('what coast stations write behind it', () => {
    const line =
      '!AIVDM,1,1,,B,;4R33:1uUK2F`q?mOt@@GoQ00000,0*5D,s28089,d-103,T39.44353985,x147521,r08TPHI1,1242958962';
    expect(read([line]).payloads[0]).toMatchObject({
      mmsi: 304137000,
      time: '2009-05-22T02:22:40.000Z',
      tag: { source: '08TPHI1', time: '2009-05-22T02:22:42.000Z' },
    });
  });

  it('only the sentences that are wanted', () => {
    const { payloads, totals } = read([heading, '!AIVDM,1,1,,B,15UIqd00PO1d1QPEb`gKFIMn08R9,0*76'], {
      sentences: ['HDT'],
    });
    expect([payloads, totals.sentences]).toEqual([[said], 2]);
  });
});

describe('a field', () => {
  it.each([
    ['that is empty is left out', '$GPHDT,,T', { sentence: 'HDT', talker: 'GP' }],
    [
      'that says something else stands apart',
      '$GPHDT,north,T',
      { sentence: 'HDT', talker: 'GP', unread: { heading: 'north,T' } },
    ],
    [
      'that nobody knows stands behind',
      '$GPHDT,1.5,T,new',
      { sentence: 'HDT', talker: 'GP', heading_deg: 1.5, more: ['new'] },
    ],
    ['of an unknown sentence is a text', '$GPXYZ,1,,b', { sentence: 'XYZ', talker: 'GP', fields: ['1', '', 'b'] }],
    ['of a maker is one, too', '$PFEC,GPatt,1.5', { sentence: 'PFEC', maker: 'FEC', fields: ['GPatt', '1.5'] }],
    [
      'of too many digits is none',
      '$GPHDT,123456789012345678901,T',
      { sentence: 'HDT', talker: 'GP', unread: { heading: '123456789012345678901,T' } },
    ],
    [
      'with an escaped comma has one',
      '$GPTXT,1,1,1,a^2Cb',
      { sentence: 'TXT', talker: 'GP', total: 1, number: 1, identifier: 1, text: 'a,b' },
    ],
    [
      'of another alphabet is read',
      '$GPTXT,1,1,1,Zürich',
      { sentence: 'TXT', talker: 'GP', total: 1, number: 1, identifier: 1, text: 'Zürich' },
    ],
    [
      'called like what each object has is harmless',
      '$GPXDR,A,1,D,__proto__',
      { sentence: 'XDR', talker: 'GP', measurements: [{ name: '__proto__', kind: 'angle', value: 1, unit: 'deg' }] },
    ],
  ])('%s', (_, body, expected) => {
    expect(read([summed(body)]).payloads).toEqual([expected]);
  });

  it.each([
    ['4460.0000,N,00000.0000,E', undefined],
    ['9000.0001,N,00000.0000,E', undefined],
    ['9000.0000,S,18000.0000,W', [-90, -180]],
    ['4426.1157,X,07140.5418,W', undefined],
    ['0000.0000,S,00000.0000,W', [0, 0]],
  ])('a position is one or none: %s', (position, expected) => {
    const { latitude, longitude } = read([summed(`$GPGLL,${position},194110,A`)]).payloads[0]!;
    if (expected) expect([latitude, longitude]).toEqual(expected);
    else expect(latitude).toBeUndefined();
  });

  it.each([
    '$GPRMC,250000,A,,,,,,,310206',
    '$GPRMC,120000,A,,,,,,,310206',
    '$GPZDA,126000,01,01,2020,,',
    '$GPZDA,12000,01,01,2020,,',
  ])('a time or a day that no clock shows is none: %s', (body) =>
    expect(read([summed(body)]).payloads[0]).not.toHaveProperty('time'),
  );
});

describe('the time of a sentence', () => {
  const times = (...bodies: readonly string[]) => read(bodies.map(summed)).payloads.map(({ time }) => time);

  it('has its date from the one before, also over midnight', () => {
    expect(
      times(
        '$GPGGA,235957,,,,,1',
        '$GPRMC,235958,A,,,,,,,311299',
        '$GPGGA,235959,,,,,1',
        '$GPGGA,000000.50,,,,,1',
        '$GPGLL,,,,,235959,A',
      ),
    ).toEqual([
      undefined,
      '1999-12-31T23:59:58.000Z',
      '1999-12-31T23:59:59.000Z',
      '2000-01-01T00:00:00.500Z',
      '1999-12-31T23:59:59.000Z',
    ]);
  });

  it('a second that clocks insert is the first of the next minute', () => {
    expect(times('$GPZDA,235960,31,12,2016,,')).toEqual(['2017-01-01T00:00:00.000Z']);
  });
});

describe('a message of AIS in parts', () => {
  const name = { mmsi: 244710413, ship_name: 'STERREBOS' };
  const named = ({ payloads }: { readonly payloads: readonly Payload[] }) =>
    payloads.map(({ mmsi, ship_name }) => ({ mmsi, ship_name }));

  it('is put together, whatever stands between them and whichever comes first', () => {
    expect(named(read([first, second]))).toEqual([name]);
    expect(named(read([second, first]))).toEqual([name]);
    const { payloads, refused } = read([first, heading, second]);
    expect([payloads.length, refused]).toEqual([2, []]);
  });

  it('is put together where only the first part names the channel', () => {
    expect(named(read([first!, summed('!AIVDM,2,2,9,,8888880,2')]))).toEqual([name]);
  });

  it('is not put together of two channels', () => {
    const { payloads, refused } = read([first!, summed('!AIVDM,2,2,9,B,8888880,2')]);
    expect([payloads, refused]).toEqual([[], ['parts_missing', 'parts_missing']]);
  });

  it('is not put together of two senders', () => {
    const { line, payloads, refused } = decoder();
    const [one, other] = [line(), line()];
    one.push(Buffer.from(`${first}\n`), 0);
    other.push(Buffer.from(`${second}\n`), 0);
    one.finish(0);
    other.finish(0);
    expect([payloads, refused]).toEqual([[], ['parts_missing', 'parts_missing']]);
  });

  it('waits ten seconds for the rest', () => {
    const { line, payloads, refused } = decoder();
    const one = line();
    one.push(Buffer.from(`${first}\n`), 0);
    one.push(Buffer.from(`${second}\n`), 10_001);
    expect([payloads, refused]).toEqual([[], ['parts_missing']]);
    one.push(Buffer.from(`${first}\n`), 10_002);
    expect(named({ payloads })).toEqual([name]);
  });

  it('gives up the one before where the same part comes again', () => {
    const { payloads, refused } = read([first, first, second]);
    expect([payloads.length, refused]).toEqual([1, ['parts_missing']]);
  });

  it('begun ones are bounded in number and in bytes', () => {
    const begun = (sequence: number, characters: string) => summed(`!AIVDM,2,1,${sequence},A,${characters},0`);
    expect(read(Array.from({ length: 40 }, (_, n) => begun(n, '5'))).refused).toEqual([
      ...Array<string>(8).fill('too_many_parts'),
      ...Array<string>(32).fill('parts_missing'),
    ]);
    expect(read(Array.from({ length: 10 }, (_, n) => begun(n, '5'.repeat(4000)))).refused).toEqual([
      ...Array<string>(2).fill('too_many_parts'),
      ...Array<string>(8).fill('parts_missing'),
    ]);
  });

  it.each([
    ['!AIVDM,2,3,1,A,5,0', 'it says to be part "3" of "2"'],
    ['!AIVDM,,,,,,', 'it says to be part "" of ""'],
    ['!AIVDM,1,1,,A,15UIqd00PO1d1QPEb`gKFIMn08R9,7', 'it says to have "7" bits that mean nothing'],
    ['!AIVDM,2,1,1,A,15UIqd00PO1d1QPEb,2', 'only the last part may have bits that mean nothing'],
    ['!AIVDM,1,1,,A,15UIqd00PO1d1QXPEb,0', 'its message has characters that AIS does not have'],
    ['!AIVDM,1,1,,A,15UI,0', 'its message has 24 bits, and type and sender take 38'],
    ['!AIVDM,1,1,,A,,0', 'its message has 0 bits, and type and sender take 38'],
  ])('%s is none: %s', (body, sentence) => {
    const { payloads, invalid, refused } = read([summed(body)]);
    expect([payloads, invalid, refused]).toEqual([[], [sentence], []]);
  });

  it('of a type that nobody knows is handed on with its sender, and counted', () => {
    const { payloads, totals } = read([summed('!AIVDM,1,1,,A,l5UIqd00PO1d,0')]);
    expect(payloads).toEqual([
      {
        sentence: 'VDM',
        talker: 'AI',
        channel: 'A',
        message_type: 52,
        repeat: 0,
        mmsi: 374766000,
        data: expect.any(String) as string,
      },
    ]);
    expect(totals).toEqual({ sentences: 1, ais_messages: 1, unknown_ais_messages: 1 });
  });

  it('that is cut says what is there', () => {
    const { payloads } = read([summed('!AIVDM,1,1,,B,15UIqd00PO1d,0')]);
    expect(payloads[0]).toMatchObject({ mmsi: 374766000, speed_knots: 3.1 });
    expect(payloads[0]).not.toHaveProperty('latitude');
  });
});
