type Fields = Readonly<Record<string, unknown>>;
type Say = (value: unknown) => Fields;

const as =
  (name: string): Say =>
  (value) => ({ [name]: value });
const but =
  (name: string, ...absent: readonly unknown[]): Say =>
  (value) =>
    absent.includes(value) ? {} : { [name]: value };
const nothing: Say = () => ({});
const most =
  (name: string, bound: number): Say =>
  (value) =>
    Math.abs(value as number) > bound ? {} : { [name]: value };
const rounded = (value: number): number => Math.round(value * 1e6) / 1e6;
/** Some positions are sent in tenths of a minute, and given so. */
const minutes =
  (name: string, most: number): Say =>
  (value) =>
    Math.abs(value as number) > most * 60 ? {} : { [name]: rounded((value as number) / 60) };

const usual: Readonly<Record<string, Say>> = {
  msg_type: as('message_type'),
  mmsi: as('mmsi'),
  status: but('navigational_status', 15),
  turn: (value) => (value === -128 || Math.abs(value as number) === 127 ? {} : { rate_of_turn_deg_min: value }),
  speed: but('speed_knots', 102.3),
  accuracy: as('is_accurate'),
  lon: most('longitude', 180),
  lat: most('latitude', 90),
  course: but('course_deg', 360),
  heading: (value) => ((value as number) < 360 ? { heading_deg: value } : {}),
  second: (value) => {
    const word = ['manual', 'estimated', 'inoperative'][(value as number) - 61];
    return (value as number) < 60 ? { second: value } : word ? { positioning: word } : {};
  },
  maneuver: but('manoeuvre', 0),
  raim: as('has_raim'),
  radio: but('radio', null),
  epfd: but('positioning_device', 0),
  year: but('year', 0),
  month: but('month', 0),
  day: but('day', 0),
  hour: but('hour', 24),
  minute: but('minute', 60),
  imo: but('imo', 0),
  callsign: but('callsign', ''),
  shipname: but('ship_name', ''),
  ship_type: but('ship_type', 0),
  draught: but('draught_m', 0),
  destination: but('destination', '', null),
  dte: as('is_terminal_not_ready'),
  seqno: as('sequence'),
  dest_mmsi: as('destination_mmsi'),
  retransmit: as('is_retransmitted'),
  data: (value) => (value === null ? {} : { data: (value as { bytes: string }).bytes }),
  alt: but('altitude_m', 4095),
  assigned: as('is_assigned'),
  reserved_1: but('regional_1', 0),
  reserved_2: but('regional_2', 0),
  cs: as('is_carrier_sense'),
  display: as('has_display'),
  dsc: as('has_dsc'),
  band: as('has_whole_band'),
  msg22: as('accepts_channel_management'),
  addressed: as('is_addressed'),
  structured: as('is_structured'),
  full_name: but('name', ''),
  name: nothing,
  name_ext: nothing,
  off_position: as('is_off_position'),
  virtual_aid: as('is_virtual'),
  aid_type: but('aid_type', 0),
  partno: as('part'),
  vendorid: but('vendor', ''),
  txrx: as('transmit_receive_mode'),
  power: as('is_low_power'),
  band_a: as('is_channel_a_narrow'),
  band_b: as('is_channel_b_narrow'),
  zonesize: as('zone_size'),
  ne_lon: minutes('north_east_longitude', 180),
  ne_lat: minutes('north_east_latitude', 90),
  sw_lon: minutes('south_west_longitude', 180),
  sw_lat: minutes('south_west_latitude', 90),
  dest1: as('destination_1_mmsi'),
  dest2: as('destination_2_mmsi'),
  empty_1: nothing,
  empty_2: nothing,
  quiet: as('quiet_min'),
  gnss: as('is_position_old'),
  app_id: (value) => ({ dac: (value as number) >> 6, fid: (value as number) & 63 }),
  vin: but('vin', ''),
  length: but('length_m', 0),
  beam: but('beam_m', 0),
  shiptype: but('inland_ship_type', 0),
  hazard: but('hazard', 5, 6, 7),
  loaded: but('load', 0),
  speed_q: as('is_speed_exact'),
  course_q: as('is_course_exact'),
  heading_q: as('is_heading_exact'),
  linkage: but('linkage', 0),
  port_name: but('port', ''),
};

const eta: Readonly<Record<string, Say>> = {
  ...{ month: but('eta_month', 0), day: but('eta_day', 0), hour: but('eta_hour', 24), minute: but('eta_minute', 60) },
};

/** By type, where a name means something else than usual. */
const ofType: Readonly<Record<number, Readonly<Record<string, Say>>>> = {
  9: { speed: but('speed_knots', 1023) },
  17: { lon: minutes('longitude', 180), lat: minutes('latitude', 90) },
  // rounded by pyais to the first of those that are reserved
  5: { ...eta, ship_type: (value) => ({ ship_type: value === 65 ? 66 : value }) },
  27: { speed: but('speed_knots', 63), course: but('course_deg', 511) },
};

const clearance: Readonly<Record<string, Say>> = {
  ...{ month: but('clearance_month', 0), day: but('clearance_day', 0), hour: as('clearance_hour') },
  ...{ minute: as('clearance_minute'), lon: but('longitude', null), lat: but('latitude', null) },
};

const is =
  (bound: number): ((name: string) => Say) =>
  (name) =>
  (value) =>
    (value as number) >= bound ? {} : { [name]: value };
/** What IMO circulars 236 and 289 call not available. */
const noDirection = is(360);
const weather: Readonly<Record<string, Say>> = {
  wspeed: but('wind_speed_knots', 127),
  wgust: but('wind_gust_knots', 127),
  wdir: noDirection('wind_direction_deg'),
  wgustdir: noDirection('wind_gust_direction_deg'),
  airtemp: but('air_temperature_celsius', -102.4, 144.7),
  humidity: but('humidity_percent', 127, 101),
  dewpoint: but('dew_point_celsius', 82.3, 50.1),
  pressure: but('pressure_hpa', 1310, 1311),
  pressuretend: but('pressure_tendency', 3),
  visgreater: as('is_visibility_beyond'),
  visibility: but('visibility_nautical_miles', 25.5, 12.7),
  waterlevel: but('water_level_m', 41.1, 30.01),
  leveltrend: but('water_level_trend', 3),
  cspeed: is(25.5)('current_speed_knots'),
  cdir: noDirection('current_direction_deg'),
  cspeed2: is(25.5)('current_2_speed_knots'),
  cdir2: noDirection('current_2_direction_deg'),
  cdepth2: but('current_2_depth_m', 31),
  cspeed3: is(25.5)('current_3_speed_knots'),
  cdir3: noDirection('current_3_direction_deg'),
  cdepth3: but('current_3_depth_m', 31),
  waveheight: is(25.5)('wave_height_m'),
  waveperiod: but('wave_period_s', 63),
  wavedir: noDirection('wave_direction_deg'),
  swellheight: is(25.5)('swell_height_m'),
  swellperiod: but('swell_period_s', 63),
  swelldir: noDirection('swell_direction_deg'),
  seastate: is(13)('sea_state'),
  watertemp: but('water_temperature_celsius', 92.3, 50.1),
  preciptype: but('precipitation', 7),
  salinity: is(51)('salinity_ppt'),
  ice: but('ice', 3),
};

const entry = (fields: Fields, names: Readonly<Record<string, string>>): Fields | undefined => {
  const found = Object.entries(names).flatMap(([theirs, ours]) => {
    const value = fields[theirs] ?? undefined;
    return value === undefined ? [] : [[ours, value] as const];
  });
  return found.length === 0 ? undefined : Object.fromEntries(found);
};
const entries = (fields: Fields, many: readonly Readonly<Record<string, string>>[]): readonly Fields[] =>
  many.map((names) => entry(fields, names)).filter((found) => found !== undefined);

/** Fields that stand several times, and become a list. */
const lists: Readonly<Record<number, (fields: Fields) => Fields>> = Object.fromEntries([
  ...[7, 13].map((type) => [
    type,
    (fields: Fields) => ({
      // one that is cut is given by pyais as what its bits happen to be
      acknowledged: entries(
        fields,
        [1, 2, 3, 4].map((n) => ({ [`mmsi${n}`]: 'mmsi', [`mmsiseq${n}`]: 'sequence' })),
      ).filter(({ sequence }) => sequence !== undefined),
    }),
  ]),
  [
    15,
    (fields: Fields) => ({
      interrogated: entries(fields, [
        {
          ...{ mmsi1: 'mmsi', type1_1: 'message_type', offset1_1: 'slot_offset' },
          ...{ type1_2: 'second_message_type', offset1_2: 'second_slot_offset' },
        },
        { mmsi2: 'mmsi', type2_1: 'message_type', offset2_1: 'slot_offset' },
      ]).filter(({ mmsi }) => mmsi !== 0),
    }),
  ],
  [
    16,
    (fields: Fields) => ({
      assigned: entries(
        fields,
        [1, 2].map((n) => ({ [`mmsi${n}`]: 'mmsi', [`offset${n}`]: 'slot_offset', [`increment${n}`]: 'increment' })),
      ),
    }),
  ],
  [
    20,
    (fields: Fields) => ({
      reserved: entries(
        fields,
        [1, 2, 3, 4].map((n) => ({
          ...{ [`offset${n}`]: 'slot_offset', [`number${n}`]: 'slots' },
          ...{ [`timeout${n}`]: 'timeout_min', [`increment${n}`]: 'increment' },
        })),
        // bits that fill a message up are given by pyais as a reservation of nothing
      ).filter(({ slots }) => slots !== undefined && slots !== 0),
    }),
  ],
]);

/** Pyais takes the first bits of such data for the number of an application where it is addressed; the standard does not. */
const unstructured = (fields: Fields): Readonly<Record<string, Say>> => ({
  app_id: nothing,
  data: (value) => ({
    data: `${((fields['app_id'] as number | undefined) ?? '').toString(16)}${(value as { bytes: string } | null)?.bytes ?? ''}`,
  }),
});

/** What pyais reads in a message, by the names and the rules of this product. */
export const fromPyais = (fields: Fields): Fields => {
  const type = fields['msg_type'] as number;
  const { to_bow, to_stern, to_port, to_starboard, ...others } = fields;
  const sides = { to_bow_m: to_bow, to_stern_m: to_stern, to_port_m: to_port, to_starboard_m: to_starboard };
  const isAny = Object.values(sides).some((side) => side !== undefined && side !== 0);
  const special = {
    ...ofType[type],
    ...(fields['wspeed'] !== undefined && weather),
    ...(fields['linkage'] !== undefined && clearance),
    ...(fields['structured'] === false && unstructured(fields)),
  };
  const list = lists[type];
  const said = list
    ? Object.entries({ msg_type: type, mmsi: fields['mmsi'] })
    : Object.entries(others).filter(([name]) => name !== 'repeat');
  const found = said.map(([name, value]) => (special[name] ?? usual[name] ?? as(name))(value));
  return Object.assign({ repeat: fields['repeat'] }, ...found, isAny ? sides : {}, list?.(fields) ?? {}) as Fields;
};

/** What of a payload can be held against it: without words for numbers, and without who spoke. */
export const besideWords = (payload: Fields): Fields => {
  const beside = ['sentence', 'talker', 'channel', 'tag', 'time', 'turn'];
  const isField = (name: string) => !beside.includes(name) && (name === 'ship_name' || !name.endsWith('_name'));
  const {
    rate_of_turn_deg_min: rate,
    radio,
    ...fields
  } = Object.fromEntries(Object.entries(payload).filter(([name]) => isField(name)));
  return {
    ...fields,
    // whole degrees are what pyais gives
    ...(rate !== undefined && { rate_of_turn_deg_min: Math.round(rate as number) + 0 }),
    // which pyais does not find in messages of several slots
    ...(radio !== undefined && payload['message_type'] !== 26 && { radio }),
  };
};
