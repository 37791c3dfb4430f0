import type { AisBits } from './ais-bits.ts';
import {
  aboveZero,
  type AisField,
  atEnd,
  below,
  course,
  data,
  dateAndTime,
  dimensions,
  expected,
  flag,
  heading,
  latitude,
  list,
  longitude,
  mmsi,
  number,
  numbered,
  restOfName,
  second,
  spare,
  speed,
  text,
  turn,
} from './ais-fields.ts';
import { weather, weatherBefore2013 } from './ais-weather.ts';
import * as words from './ais-words.ts';

/** The fields of a message behind its type, its repeat indicator and its sender, in their order. */
export type Layout = readonly AisField[];

/** Several of which a message says itself which is its own. */
interface Choice {
  readonly layouts: readonly Layout[];
  readonly which: (bits: AisBits) => number;
}

/** Bits of the type, the repeat indicator and the sender. */
export const headerWidth = 38;

const widthOf = (fields: Layout): number => fields.reduce((sum, { width }) => sum + width, 0);

const position = [longitude(28, 600_000), latitude(27, 600_000)];
const accuratePosition = [flag('is_accurate'), ...position];
const area = [
  ...[longitude(18, 600, 'north_east_longitude'), latitude(17, 600, 'north_east_latitude')],
  ...[longitude(18, 600, 'south_west_longitude'), latitude(17, 600, 'south_west_latitude')],
];
const device = numbered('positioning_device', 4, words.positioningDevices, 0);
const ship = numbered('ship_type', 8, words.shipTypes, 0);
const status = numbered('navigational_status', 4, words.navigationalStatus, 15);
const raim = flag('has_raim');
const assigned = flag('is_assigned');
const radio = (width: number) => number('radio', width);
const addressed = [number('sequence', 2), mmsi('destination_mmsi'), flag('is_retransmitted'), spare(1)];
const application = [number('dac', 10), number('fid', 6)];

const ofClassA: Layout = [
  ...[status, turn, speed, ...accuratePosition, course, heading, second],
  ...[numbered('manoeuvre', 2, words.manoeuvre, 0), spare(3), raim, radio(19)],
];
const ofBase: Layout = [dateAndTime, ...accuratePosition, device, spare(10), raim, radio(19)];
const acknowledged: Layout = [
  spare(2),
  list('acknowledged', Array<Layout>(4).fill([mmsi('mmsi'), number('sequence', 2)])),
];
const ofClassB = (regional: number): Layout => [
  ...[
    aboveZero('regional_1', 8),
    speed,
    ...accuratePosition,
    course,
    heading,
    second,
    aboveZero('regional_2', regional),
  ],
];
const inquiry = [aboveZero('message_type', 6), number('slot_offset', 12)];
const secondInquiry = [aboveZero('second_message_type', 6), number('second_slot_offset', 12)];
const assignment = [mmsi('mmsi'), number('slot_offset', 12), number('increment', 10)];
const reservation = [number('slot_offset', 12), number('slots', 4), number('timeout_min', 3), number('increment', 11)];

const inland: Layout = [
  ...[text('vin', 48), aboveZero('length_m', 13, { per: 10 }), aboveZero('beam_m', 10, { per: 10 })],
  ...[aboveZero('inland_ship_type', 14), below('hazard', 3, 5), aboveZero('draught_m', 11, { per: 100 })],
  ...[numbered('load', 2, words.loads, 0), flag('is_speed_exact'), flag('is_course_exact'), flag('is_heading_exact')],
];
const clearance: Layout = [
  ...[aboveZero('linkage', 10), ...expected('clearance_'), text('port', 120), text('destination', 30)],
  ...[longitude(25, 60_000), latitude(24, 60_000)],
];

/** What applications write into messages of the types 6 and 8, by area and function: those that are widely used. */
const applications: Readonly<Record<string, Layout>> = {
  '6:1:18': clearance,
  '8:1:11': weatherBefore2013,
  '8:1:31': weather,
  '8:200:10': inland,
};

const carrying = (type: number, before: Layout): Choice => {
  const known = Object.entries(applications).filter(([key]) => key.startsWith(`${type}:`));
  const keys = known.map(([key]) => key);
  const at = headerWidth + widthOf(before);
  return {
    layouts: [[data('data')], ...known.map(([, fields]) => fields)].map((rest) => [...before, ...application, ...rest]),
    which: (bits) =>
      bits.length < at + 16 ? 0 : keys.indexOf(`${type}:${bits.unsigned(at, 10)}:${bits.unsigned(at + 10, 6)}`) + 1,
  };
};

/** Binary messages of one slot or of several, whose two flags tell what follows. */
const ofSlots = (behind: Layout): Choice => {
  const flags = [flag('is_addressed'), flag('is_structured')];
  const ways: readonly Layout[] = [
    [],
    application,
    [mmsi('destination_mmsi')],
    [mmsi('destination_mmsi'), ...application],
  ];
  return {
    layouts: ways.map((way) => [...flags, ...way, data('data'), ...behind]),
    which: (bits) => (bits.length < headerWidth + 2 ? 0 : bits.unsigned(headerWidth, 2)),
  };
};

const places = [area, [mmsi('destination_1_mmsi'), spare(5), mmsi('destination_2_mmsi'), spare(5)]];
const channels: Choice = {
  layouts: places.map((place) => [
    ...[spare(2), number('channel_a', 12), number('channel_b', 12), number('transmit_receive_mode', 4)],
    ...[flag('is_low_power'), ...place, flag('is_addressed'), flag('is_channel_a_narrow'), flag('is_channel_b_narrow')],
    number('zone_size', 3),
  ]),
  which: (bits) => (bits.length < 140 ? 0 : bits.unsigned(139, 1)),
};

const part = number('part', 2);
const equipment = [ship, text('vendor', 18), number('model', 4), number('serial', 20), text('callsign', 42)];
const ofClassBStatic: Choice = {
  layouts: [
    [part, text('ship_name', 120)],
    [part, ...equipment, dimensions, device],
    [part, ...equipment, mmsi('mother_ship_mmsi'), device],
    [part, data('data')],
  ],
  which: (bits) => {
    const sent = bits.length < headerWidth + 2 ? 0 : bits.unsigned(headerWidth, 2);
    if (sent !== 1) return sent === 0 ? 0 : 3;
    // auxiliary craft have a mother ship and no dimensions
    return Math.floor(bits.unsigned(8, 30) / 1e7) === 98 ? 2 : 1;
  },
};

/** By the type of the message, 1 to 27: ITU-R M.1371-5. */
const layouts: Readonly<Record<number, Layout | Choice>> = {
  1: ofClassA,
  2: ofClassA,
  3: ofClassA,
  4: ofBase,
  5: [
    ...[number('ais_version', 2), aboveZero('imo', 30), text('callsign', 42), text('ship_name', 120), ship, dimensions],
    ...[device, ...expected('eta_'), aboveZero('draught_m', 8, { per: 10 }), text('destination', 120)],
    flag('is_terminal_not_ready'),
  ],
  6: carrying(6, addressed),
  7: acknowledged,
  8: carrying(8, [spare(2)]),
  9: [
    ...[below('altitude_m', 12, 4095), below('speed_knots', 10, 1023), ...accuratePosition, course, second],
    ...[aboveZero('regional_1', 8), flag('is_terminal_not_ready'), spare(3), assigned, raim, radio(20)],
  ],
  10: [spare(2), mmsi('destination_mmsi')],
  11: ofBase,
  12: [...addressed, text('text', 936)],
  13: acknowledged,
  14: [spare(2), text('text', 968)],
  15: [
    spare(2),
    list('interrogated', [
      [mmsi('mmsi'), ...inquiry, spare(2), ...secondInquiry, spare(2)],
      [mmsi('mmsi'), ...inquiry],
    ]),
  ],
  16: [spare(2), list('assigned', [assignment, assignment])],
  17: [spare(2), longitude(18, 600), latitude(17, 600), spare(5), data('data')],
  18: [
    ...[...ofClassB(2), flag('is_carrier_sense'), flag('has_display'), flag('has_dsc'), flag('has_whole_band')],
    ...[flag('accepts_channel_management'), assigned, raim, radio(20)],
  ],
  19: [
    ...[...ofClassB(4), text('ship_name', 120), ship, dimensions, device, raim, flag('is_terminal_not_ready')],
    assigned,
  ],
  20: [spare(2), list('reserved', Array<Layout>(4).fill(reservation))],
  21: [
    ...[numbered('aid_type', 5, words.aids, 0), text('name', 120), ...accuratePosition, dimensions, device, second],
    ...[flag('is_off_position'), aboveZero('regional_1', 8), raim, flag('is_virtual'), assigned, spare(1)],
    restOfName('name', 43),
  ],
  22: channels,
  23: [
    ...[spare(2), ...area, numbered('station_type', 4, words.stations), ship, spare(22)],
    ...[number('transmit_receive_mode', 2), number('interval', 4), number('quiet_min', 4)],
  ],
  24: ofClassBStatic,
  25: ofSlots([]),
  26: ofSlots([atEnd('radio', 20)]),
  27: [
    ...[flag('is_accurate'), raim, status, longitude(18, 600), latitude(17, 600), below('speed_knots', 6, 63)],
    ...[below('course_deg', 9, 360), flag('is_position_old')],
  ],
};

/** The layout of a message of this type; undefined where nobody knows the type. */
export const layoutOf = (type: number, bits: AisBits): Layout | undefined => {
  const layout = layouts[type];
  return layout && 'which' in layout ? layout.layouts[layout.which(bits)] : layout;
};

/** All that a message may have by its type, and what some of them carry, for a page of reference. */
export const allLayouts = (): readonly { readonly type: string; readonly what?: string; readonly fields: Layout }[] => [
  ...Object.entries(layouts).map(([type, layout]) => ({
    type,
    fields: 'which' in layout ? (type === '6' || type === '8' ? layout.layouts[0]! : layout.layouts.flat()) : layout,
  })),
  { type: '6, dac 1, fid 18', what: 'clearance to enter a port', fields: clearance },
  { type: '8, dac 1, fid 11', what: 'weather and water, until 2013', fields: weatherBefore2013 },
  { type: '8, dac 1, fid 31', what: 'weather and water', fields: weather },
  { type: '8, dac 200, fid 10', what: 'inland ship and voyage', fields: inland },
];
