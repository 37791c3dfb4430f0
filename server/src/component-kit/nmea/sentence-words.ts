/** What letters and numbers stand for in several sentences. */
export const mode = {
  ...{ A: 'autonomous', D: 'differential', E: 'estimated', F: 'float_rtk', M: 'manual', N: 'not_valid' },
  ...{ P: 'precise', R: 'rtk', S: 'simulator' },
} as const;
export const navigationalStatus = { S: 'safe', C: 'caution', U: 'unsafe', V: 'not_valid' } as const;
export const quality = [
  ...['none', 'gps', 'differential', 'pps', 'rtk', 'float_rtk', 'estimated', 'manual', 'simulator'],
] as const;
export const leftOrRight = { L: 'left', R: 'right' } as const;

export const trueOrMagnetic = { T: 'deg', M: 'magnetic_deg' } as const;
export const speeds = { N: 'knots', K: 'km_h', M: 'm_s', S: 'mph' } as const;
export const distances = { N: 'nautical_miles', K: 'km', M: 'm', S: 'miles' } as const;
export const depths = { f: 'ft', M: 'm', F: 'fathoms' } as const;
export const temperatures = { C: 'celsius', F: 'fahrenheit' } as const;
export const heights = { M: 'm', f: 'ft', F: 'ft' } as const;
export const [east, north] = [
  ['E', 'W'],
  ['N', 'S'],
] as const;
