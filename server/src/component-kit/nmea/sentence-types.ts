import {
  choice,
  constant,
  date,
  dayMonthYear,
  type FieldReader,
  measured,
  number,
  numbered,
  position,
  signed,
  status,
  text,
  timeOfDay,
} from './field-readers.ts';
import { measurements, numbers, places, restOfText, restOfTexts, satellites } from './list-readers.ts';
import * as words from './sentence-words.ts';

const course = measured('course', words.trueOrMagnetic);
const heading = measured('heading', words.trueOrMagnetic);
const bearing = measured('bearing', words.trueOrMagnetic);
const windDirection = measured('wind_direction', words.trueOrMagnetic);
const windSpeed = measured('wind_speed', words.speeds);
const speed = measured('speed', words.speeds);
const depth = measured('depth', words.depths);
const mode = choice('mode', words.mode);
const system = number('system_id');
const signal = number('signal_id');
const steer = choice('steer', words.leftOrRight);
const distance = measured('distance', words.distances);
/** How far off the course: the unit stands behind the side to steer to. */
const crossTrack: FieldReader = {
  width: 3,
  names: [...measured('cross_track_error', words.distances).names, 'steer'],
  read: ({ fields, ...reading }, at) => {
    steer.read({ fields, ...reading }, at + 1);
    measured('cross_track_error', words.distances).read(
      { fields: [fields[at] ?? '', fields[at + 2] ?? ''], ...reading },
      0,
    );
  },
};
const arrival = [status('has_arrived'), status('has_passed')];
const waypoint = text('waypoint');

/** Fields of sentences by their type, in the order in which they stand: IEC 61162-1, and gpsd's "NMEA Revealed". */
const general: Readonly<Record<string, readonly FieldReader[]>> = {
  AAM: [...arrival, measured('arrival_radius', words.distances), waypoint],
  APB: [
    ...[status('is_valid'), status('is_locked'), crossTrack, ...arrival],
    ...[measured('bearing_from_origin', words.trueOrMagnetic), waypoint, bearing],
    ...[measured('heading_to_steer', words.trueOrMagnetic), mode],
  ],
  BOD: [bearing, bearing, waypoint, text('origin')],
  BWC: [timeOfDay(), position('waypoint_'), bearing, bearing, distance, waypoint, mode],
  BWR: [timeOfDay(), position('waypoint_'), bearing, bearing, distance, waypoint, mode],
  BWW: [bearing, bearing, waypoint, text('origin')],
  DBK: [depth, depth, depth],
  DBS: [depth, depth, depth],
  DBT: [depth, depth, depth],
  DPT: [number('depth_m'), number('offset_m'), number('range_scale_m')],
  DTM: [
    ...[text('datum'), text('subdivision'), signed('latitude_offset_minutes', words.north)],
    ...[signed('longitude_offset_minutes', words.east), number('altitude_offset_m'), text('reference_datum')],
  ],
  GBS: [
    ...[timeOfDay(), number('latitude_error_m'), number('longitude_error_m'), number('altitude_error_m')],
    ...[number('failed_satellite_id'), number('missed_probability'), number('bias_m'), number('bias_deviation_m')],
    ...[system, signal],
  ],
  GGA: [
    ...[timeOfDay(), position(), numbered('quality', words.quality), number('satellites'), number('hdop')],
    ...[measured('altitude', words.heights), measured('geoid_separation', words.heights)],
    ...[number('correction_age_s'), text('station_id')],
  ],
  GLL: [position(), timeOfDay(), status('is_valid'), mode],
  GNS: [
    ...[timeOfDay(), position(), text('modes'), number('satellites'), number('hdop'), number('altitude_m')],
    ...[number('geoid_separation_m'), number('correction_age_s'), text('station_id')],
    choice('navigational_status', words.navigationalStatus),
  ],
  GRS: [timeOfDay(), choice('is_recomputed', { 0: false, 1: true }), places('residuals_m', 12), system, signal],
  GSA: [
    ...[choice('selection', { A: 'automatic', M: 'manual' }), choice('fix', { 1: 'none', 2: '2d', 3: '3d' })],
    ...[numbers('satellite_ids', 12), number('pdop'), number('hdop'), number('vdop'), system],
  ],
  GST: [
    ...[timeOfDay(), number('range_rms_m'), number('semi_major_m'), number('semi_minor_m'), number('orientation_deg')],
    ...[number('latitude_error_m'), number('longitude_error_m'), number('altitude_error_m')],
  ],
  GSV: [number('total'), number('number'), number('in_view'), satellites],
  HDG: [number('heading_magnetic_deg'), signed('deviation_deg', words.east), signed('variation_deg', words.east)],
  HDM: [heading],
  HDT: [heading],
  HSC: [measured('heading_to_steer', words.trueOrMagnetic), measured('heading_to_steer', words.trueOrMagnetic)],
  MDA: [
    ...[measured('pressure', { I: 'inches_of_mercury' }), measured('pressure', { B: 'bar' })],
    ...[measured('air_temperature', words.temperatures), measured('water_temperature', words.temperatures)],
    ...[number('relative_humidity_percent'), number('absolute_humidity_percent')],
    ...[measured('dew_point', words.temperatures), windDirection, windDirection, windSpeed, windSpeed],
  ],
  MTA: [measured('air_temperature', words.temperatures)],
  MTW: [measured('water_temperature', words.temperatures)],
  MWD: [windDirection, windDirection, windSpeed, windSpeed],
  MWV: [number('wind_angle_deg'), choice('reference', { R: 'relative', T: 'true' }), windSpeed, status('is_valid')],
  RMB: [
    ...[status('is_valid'), number('cross_track_error_nautical_miles'), steer, text('origin'), waypoint],
    ...[position('waypoint_'), number('distance_nautical_miles'), number('bearing_deg')],
    ...[number('closing_speed_knots'), status('has_arrived'), mode],
  ],
  RMC: [
    ...[timeOfDay(), status('is_valid'), position(), number('speed_knots'), number('course_deg'), date],
    ...[signed('variation_deg', words.east), mode, choice('navigational_status', words.navigationalStatus)],
  ],
  ROT: [number('rate_of_turn_deg_min'), status('is_valid')],
  RPM: [
    ...[choice('source', { S: 'shaft', E: 'engine' }), number('number'), number('rpm'), number('pitch_percent')],
    status('is_valid'),
  ],
  RSA: [
    number('starboard_rudder_deg'),
    status('is_starboard_valid'),
    number('port_rudder_deg'),
    status('is_port_valid'),
  ],
  RTE: [
    ...[number('total'), number('number'), choice('kind', { c: 'complete', w: 'working' }), text('route')],
    restOfTexts('waypoints'),
  ],
  THS: [number('heading_deg'), choice('mode', { ...words.mode, V: 'not_valid' })],
  TXT: [number('total'), number('number'), number('identifier'), restOfText('text')],
  VBW: [
    ...[number('water_speed_ahead_knots'), number('water_speed_across_knots'), status('is_water_speed_valid')],
    ...[number('ground_speed_ahead_knots'), number('ground_speed_across_knots'), status('is_ground_speed_valid')],
    ...[number('stern_water_speed_across_knots'), status('is_stern_water_speed_valid')],
    ...[number('stern_ground_speed_across_knots'), status('is_stern_ground_speed_valid')],
  ],
  VDR: [
    ...[measured('current_direction', words.trueOrMagnetic), measured('current_direction', words.trueOrMagnetic)],
    measured('current_speed', words.speeds),
  ],
  VHW: [heading, heading, measured('water_speed', words.speeds), measured('water_speed', words.speeds)],
  VLW: [
    ...[measured('water_distance', words.distances), measured('water_distance_since_reset', words.distances)],
    ...[measured('ground_distance', words.distances), measured('ground_distance_since_reset', words.distances)],
  ],
  VPW: [measured('speed_to_wind', words.speeds), measured('speed_to_wind', words.speeds)],
  VTG: [course, course, speed, speed, mode],
  VWR: [signed('apparent_wind_angle_deg', ['R', 'L']), windSpeed, windSpeed, windSpeed],
  VWT: [signed('true_wind_angle_deg', ['R', 'L']), windSpeed, windSpeed, windSpeed],
  WCV: [measured('waypoint_closing_speed', words.speeds), waypoint, mode],
  WPL: [position(), waypoint],
  XDR: [measurements],
  XTE: [status('is_valid'), status('is_locked'), crossTrack, mode],
  ZDA: [timeOfDay(), dayMonthYear, number('zone_hours'), number('zone_minutes')],
};

/** Sentences of makers, by their whole address; `isOne` tells those apart that share it. */
const ofMakers: Readonly<Record<string, SentenceType>> = {
  PASHR: {
    isOne: ([first = '']) => /^\d{6}/.test(first),
    readers: [
      ...[timeOfDay(), number('heading_deg'), constant, number('roll_deg'), number('pitch_deg'), number('heave_m')],
      ...[number('roll_error_deg'), number('pitch_error_deg'), number('heading_error_deg')],
      ...[number('aiding_status'), number('imu_status')],
    ],
  },
  PGRME: {
    readers: ['horizontal_error', 'vertical_error', 'position_error'].map((name) => measured(name, words.heights)),
  },
  PGRMM: { readers: [text('datum')] },
  PGRMZ: { readers: [measured('altitude', words.heights), choice('fix', { 1: 'none', 2: '2d', 3: '3d' })] },
};

export interface SentenceType {
  readonly readers: readonly FieldReader[];
  readonly isOne?: (fields: readonly string[]) => boolean;
}

/** All that are known, for a page of reference. */
export const sentenceTypes: ReadonlyMap<string, SentenceType> = new Map([
  ...Object.entries(general).map(([type, readers]) => [type, { readers }] as const),
  ...Object.entries(ofMakers),
]);
