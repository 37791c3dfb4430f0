type Fields = Readonly<Record<string, string>>;
type Values = Readonly<Record<string, unknown>>;
type Say = (text: string, fields: Fields, values: Values) => Values;

const number =
  (name: string): Say =>
  (text) => ({ [name]: text === '' ? undefined : Number(text) + 0 });
const text =
  (name: string): Say =>
  (said) => ({ [name]: said === '' ? undefined : said });
const word =
  (name: string, words: Values): Say =>
  (said) => ({ [name]: words[said] });
const isA = (name: string): Say => word(name, { A: true, V: false });
/** A number whose sign is that of another field. */
const signed =
  (name: string, sign: string): Say =>
  (said, fields) => ({ [name]: said === '' ? undefined : Number(said) * ('WSL'.includes(fields[sign]!) ? -1 : 1) + 0 });
/** As degrees, which pynmea2 gives itself. */
const place =
  (name: 'latitude' | 'longitude'): Say =>
  (said, _, values) => ({ [name]: said === '' ? undefined : values[name] });
const clock: Say = (said, _, values) => {
  const seconds = String(values['timestamp']).slice(0, 8);
  return { time_of_day: said === '' ? undefined : `${seconds}${said.slice(6)}` };
};
const time: Say = (_, __, values) => {
  const at = values['datetime'];
  return { time: typeof at === 'string' ? new Date(at).toISOString() : undefined, date: values['datestamp'] };
};

const letters = { A: 'autonomous', D: 'differential', E: 'estimated', N: 'not_valid', S: 'simulator' };
const clocked = { timestamp: clock };
const placed = { lat: place('latitude'), lon: place('longitude') };
const winds = { wind_speed_knots: number('wind_speed_knots'), wind_speed_meters: number('wind_speed_m_s') };

/** By type and their name, what the product says. */
const types: Readonly<Record<string, Readonly<Record<string, Say>>>> = {
  AAM: { circle_rad: number('arrival_radius_nautical_miles'), waypoint_id: text('waypoint') },
  APB: { status_gen: isA('is_valid'), cross_track_err_mag: number('cross_track_error_nautical_miles') },
  BOD: { bearing_t: number('bearing_deg'), bearing_mag: number('bearing_magnetic_deg'), dest: text('waypoint') },
  BWC: { ...clocked, true_track: number('bearing_deg'), waypoint_name: text('waypoint') },
  DBT: { depth_feet: number('depth_ft'), depth_meters: number('depth_m'), depth_fathoms: number('depth_fathoms') },
  DPT: { depth: number('depth_m'), offset: number('offset_m'), range: number('range_scale_m') },
  DTM: { datum: text('datum'), subd_datum: text('subdivision'), altitude: number('altitude_offset_m') },
  GBS: {
    ...{ ...clocked, lat_err: number('latitude_error_m'), lon_err: number('longitude_error_m') },
    ...{ alt_err: number('altitude_error_m'), sat_prn_num_f: number('failed_satellite_id') },
  },
  GGA: {
    ...{ ...clocked, ...placed, gps_qual: number('quality'), num_sats: number('satellites') },
    ...{ horizontal_dil: number('hdop'), altitude: number('altitude_m'), geo_sep: number('geoid_separation_m') },
    ...{ age_gps_data: number('correction_age_s'), ref_station_id: text('station_id') },
  },
  GLL: { ...clocked, ...placed, status: isA('is_valid'), faa_mode: word('mode', letters) },
  GNS: {
    ...{ ...clocked, ...placed, mode_indicator: text('modes'), num_sats: number('satellites'), hdop: number('hdop') },
    ...{ altitude: number('altitude_m'), geo_sep: number('geoid_separation_m') },
  },
  GRS: { ...clocked },
  GSA: {
    ...{ mode: word('selection', { A: 'automatic', M: 'manual' }) },
    ...{ mode_fix_type: word('fix', { 1: 'none', 2: '2d', 3: '3d' }) },
    ...{ pdop: number('pdop'), hdop: number('hdop'), vdop: number('vdop') },
  },
  GST: {
    ...{ ...clocked, rms: number('range_rms_m'), std_dev_major: number('semi_major_m') },
    ...{ std_dev_minor: number('semi_minor_m'), orientation: number('orientation_deg') },
    ...{ std_dev_latitude: number('latitude_error_m'), std_dev_longitude: number('longitude_error_m') },
    std_dev_altitude: number('altitude_error_m'),
  },
  GSV: { num_messages: number('total'), msg_num: number('number'), num_sv_in_view: number('in_view') },
  HDG: {
    ...{ heading: number('heading_magnetic_deg'), deviation: signed('deviation_deg', 'dev_dir') },
    variation: signed('variation_deg', 'var_dir'),
  },
  HDM: { heading: number('heading_magnetic_deg') },
  HDT: { heading: number('heading_deg') },
  MTW: { temperature: number('water_temperature_celsius') },
  MWD: {
    ...{ ...winds, direction_true: number('wind_direction_deg') },
    direction_magnetic: number('wind_direction_magnetic_deg'),
  },
  MWV: {
    ...{ wind_angle: number('wind_angle_deg'), reference: word('reference', { R: 'relative', T: 'true' }) },
    ...{ wind_speed: number('wind_speed_knots'), status: isA('is_valid') },
  },
  RMB: { status: isA('is_valid'), cross_track_error: number('cross_track_error_nautical_miles') },
  RMC: {
    ...{ ...clocked, ...placed, status: isA('is_valid'), spd_over_grnd: number('speed_knots') },
    ...{ true_course: number('course_deg'), datestamp: time, mag_variation: signed('variation_deg', 'mag_var_dir') },
    mode_indicator: word('mode', letters),
  },
  RME: {
    ...{ hpe: number('horizontal_error_m'), vpe: number('vertical_error_m') },
    osepe: number('position_error_m'),
  },
  RMM: { datum: text('datum') },
  RMZ: { altitude: number('altitude_ft'), pos_fix_dim: word('fix', { 1: 'none', 2: '2d', 3: '3d' }) },
  ROT: { rate_of_turn: number('rate_of_turn_deg_min'), status: isA('is_valid') },
  RTE: { num_in_seq: number('total'), sen_num: number('number'), active_route_id: text('route') },
  SHR: {
    ...{ ...clocked, true_heading: number('heading_deg'), roll: number('roll_deg'), pitch: number('pitch_deg') },
    ...{ heave: number('heave_m'), roll_accuracy: number('roll_error_deg'), pitch_accuracy: number('pitch_error_deg') },
    ...{ heading_accuracy: number('heading_error_deg'), aiding_status: number('aiding_status') },
    imu_status: number('imu_status'),
  },
  TXT: { num_msg: number('total'), msg_num: number('number'), msg_type: number('identifier') },
  VHW: {
    ...{ heading_true: number('heading_deg'), heading_magnetic: number('heading_magnetic_deg') },
    ...{ water_speed_knots: number('water_speed_knots'), water_speed_km: number('water_speed_km_h') },
  },
  VLW: {
    ...{ trip_distance: number('water_distance_nautical_miles') },
    trip_distance_reset: number('water_distance_since_reset_nautical_miles'),
  },
  VTG: {
    ...{ true_track: number('course_deg'), mag_track: number('course_magnetic_deg') },
    ...{ spd_over_grnd_kts: number('speed_knots'), spd_over_grnd_kmph: number('speed_km_h') },
    faa_mode: word('mode', letters),
  },
  XTE: { warning_flag: isA('is_valid'), lock_flag: isA('is_locked') },
  ZDA: {
    ...{ ...clocked, day: time, local_zone: number('zone_hours'), local_zone_minutes: number('zone_minutes') },
  },
};

/** Numbers of fields of one kind, without those that are empty. */
const numbers = (fields: Fields, name: RegExp): readonly number[] =>
  Object.entries(fields).flatMap(([key, said]) => (name.test(key) && said !== '' ? [Number(said)] : []));

/** What stands in several fields, and becomes a list; `count` is how many a sentence has, with its address. */
const lists: Readonly<Record<string, (fields: Fields, count: number) => Values>> = {
  GRS: (fields) => ({ residuals_m: numbers(fields, /^sv_res/) }),
  GSA: (fields) => ({ satellite_ids: numbers(fields, /^sv_id/) }),
  GSV: (fields, count) => ({
    // the signal, alone behind the last satellite, is a satellite to pynmea2
    satellites: [1, 2, 3, 4].slice(0, Math.floor((count - 4) / 4)).flatMap((n) => {
      const said = {
        ...{ id: fields[`sv_prn_num_${n}`], elevation_deg: fields[`elevation_deg_${n}`] },
        ...{ azimuth_deg: fields[`azimuth_${n}`], snr_db: fields[`snr_${n}`] },
      };
      const there = Object.entries(said).filter(([, field]) => field);
      return there.length === 0 ? [] : [Object.fromEntries(there.map(([name, field]) => [name, Number(field)]))];
    }),
  }),
};

/** What pynmea2 reads in a sentence, by the names of this product; undefined where it must not be there. */
export const fromPynmea2 = (
  type: string,
  { sentence, fields, values }: { readonly sentence: string; readonly fields: Fields; readonly values: Values },
): Values => {
  const said = types[type];
  if (!said || Object.keys(fields).length === 0) return {};
  const found = Object.entries(said).flatMap(([name, say]) =>
    fields[name] === undefined ? [] : [say(fields[name], fields, values)],
  );
  return Object.assign({}, ...found, lists[type]?.(fields, sentence.split(',').length) ?? {}) as Values;
};
