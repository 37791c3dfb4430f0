import { type AisField, below, flag, latitude, longitude, number } from './ais-fields.ts';

const is = (absent: number) => ({ isAbsent: (sent: number) => sent === absent });

/** What both forms have behind the water level: currents, waves, and the water itself. */
const sea = (noDirection: number, waterTemperature: AisField, isSeaKnown: number): readonly AisField[] => [
  ...[below('current_speed_knots', 8, 255, { per: 10 }), below('current_direction_deg', 9, noDirection)],
  ...[2, 3].flatMap((level) => [
    below(`current_${level}_speed_knots`, 8, 255, { per: 10 }),
    below(`current_${level}_direction_deg`, 9, noDirection),
    number(`current_${level}_depth_m`, 5, is(31)),
  ]),
  ...['wave', 'swell'].flatMap((what) => [
    below(`${what}_height_m`, 8, 255, { per: 10 }),
    number(`${what}_period_s`, 6, is(63)),
    below(`${what}_direction_deg`, 9, noDirection),
  ]),
  ...[below('sea_state', 4, isSeaKnown), waterTemperature],
  ...[number('precipitation', 3, is(7)), below('salinity_ppt', 9, 510, { per: 10 }), number('ice', 2, is(3))],
];

const when = [number('day', 5, is(0)), below('hour', 5, 24), below('minute', 6, 60)];
const windAndTo = (noDirection: number): readonly AisField[] => [
  ...[number('wind_speed_knots', 7, is(127)), number('wind_gust_knots', 7, is(127))],
  ...[below('wind_direction_deg', 9, noDirection), below('wind_gust_direction_deg', 9, noDirection)],
];

/** Weather and water, as it was until 2013: IMO circular 236. */
export const weatherBefore2013: readonly AisField[] = [
  ...[latitude(24, 60_000), longitude(25, 60_000), ...when, ...windAndTo(360)],
  below('air_temperature_celsius', 11, 2047, { per: 10, from: -60 }),
  ...[number('humidity_percent', 7, is(127)), below('dew_point_celsius', 10, 1023, { per: 10, from: -20 })],
  ...[below('pressure_hpa', 9, 511, { from: 800 }), number('pressure_tendency', 2, is(3))],
  ...[below('visibility_nautical_miles', 8, 255, { per: 10 }), below('water_level_m', 9, 511, { per: 10, from: -10 })],
  number('water_level_trend', 2, is(3)),
  ...sea(360, below('water_temperature_celsius', 10, 1023, { per: 10, from: -10 }), 13),
];

/** The same as it is since: IMO circular 289. */
export const weather: readonly AisField[] = [
  ...[longitude(25, 60_000), latitude(24, 60_000), flag('is_accurate'), ...when, ...windAndTo(360)],
  number('air_temperature_celsius', 11, { isSigned: true, per: 10, ...is(-1024) }),
  below('humidity_percent', 7, 101),
  number('dew_point_celsius', 10, { isSigned: true, per: 10, ...is(501) }),
  number('pressure_hpa', 9, { from: 799, isAbsent: (sent) => sent === 0 || sent >= 403 }),
  ...[number('pressure_tendency', 2, is(3)), flag('is_visibility_beyond')],
  ...[
    below('visibility_nautical_miles', 7, 127, { per: 10 }),
    below('water_level_m', 12, 4001, { per: 100, from: -10 }),
  ],
  number('water_level_trend', 2, is(3)),
  ...sea(360, number('water_temperature_celsius', 10, { isSigned: true, per: 10, ...is(501) }), 13),
];
