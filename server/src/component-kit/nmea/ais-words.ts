/** What numbers of AIS stand for: ITU-R M.1371-5. */
export const navigationalStatus = [
  ...['under way using engine', 'at anchor', 'not under command', 'restricted manoeuvrability'],
  ...['constrained by draught', 'moored', 'aground', 'engaged in fishing', 'under way sailing'],
  ...[undefined, undefined, 'towing astern', 'pushing ahead or towing alongside', undefined, 'AIS-SART is active'],
] as const;

export const manoeuvre = [undefined, 'none', 'special'] as const;

export const positioningDevices = [
  ...[undefined, 'GPS', 'GLONASS', 'GPS and GLONASS', 'Loran-C', 'Chayka', 'integrated navigation', 'surveyed'],
  ...['Galileo', undefined, undefined, undefined, undefined, undefined, undefined, 'internal GNSS'],
] as const;

const tens: Readonly<Record<number, string>> = {
  ...{ 2: 'wing in ground', 4: 'high-speed craft', 6: 'passenger ship', 7: 'cargo ship', 8: 'tanker', 9: 'other ship' },
};
const single: Readonly<Record<number, string>> = {
  ...{ 30: 'fishing', 31: 'towing', 32: 'towing, long or wide', 33: 'dredging or underwater work', 34: 'diving' },
  ...{ 35: 'military', 36: 'sailing', 37: 'pleasure craft', 50: 'pilot vessel', 51: 'search and rescue', 52: 'tug' },
  ...{ 53: 'port tender', 54: 'anti-pollution', 55: 'law enforcement', 58: 'medical transport', 59: 'non-combatant' },
};
/** Types of ships and their cargo: 71 is a cargo ship with hazardous cargo of category A. */
export const shipTypes: readonly (string | undefined)[] = Array.from({ length: 100 }, (_, type) => {
  const kind = tens[Math.floor(type / 10)];
  if (kind === undefined) return single[type];
  const category = ' ABCD'[type % 10]?.trim();
  return category ? `${kind}, hazardous category ${category}` : kind;
});

export const aids = [
  ...[undefined, 'reference point', 'racon', 'fixed structure', 'emergency wreck marking buoy'],
  ...['light without sectors', 'light with sectors', 'leading light front', 'leading light rear'],
  ...['beacon, cardinal north', 'beacon, cardinal east', 'beacon, cardinal south', 'beacon, cardinal west'],
  ...['beacon, port hand', 'beacon, starboard hand', 'beacon, preferred channel port hand'],
  ...['beacon, preferred channel starboard hand', 'beacon, isolated danger', 'beacon, safe water'],
  ...['beacon, special mark', 'cardinal mark north', 'cardinal mark east', 'cardinal mark south', 'cardinal mark west'],
  ...['port hand mark', 'starboard hand mark', 'preferred channel port hand', 'preferred channel starboard hand'],
  ...['isolated danger', 'safe water', 'special mark', 'light vessel or rig'],
] as const;

export const stations = [
  ...['all mobile stations', undefined, 'all of class B', 'SAR aircraft', 'aids to navigation', 'class B on ships'],
  ...['inland waterways'],
] as const;

export const loads = [undefined, 'loaded', 'unloaded'] as const;

/** What the types of messages are called; the first one is 1. */
export const messageTypes = [
  ...[undefined, 'position report', 'position report', 'position report', 'base station report'],
  ...['static and voyage data', 'binary addressed message', 'binary acknowledgement', 'binary broadcast message'],
  ...['SAR aircraft position report', 'UTC and date inquiry', 'UTC and date response'],
  ...['addressed safety message', 'safety acknowledgement', 'safety broadcast', 'interrogation'],
  ...['assignment mode command', 'DGNSS broadcast', 'class B position report', 'extended class B position report'],
  ...['data link management', 'aid to navigation report', 'channel management', 'group assignment command'],
  ...['static data report', 'single slot binary message', 'multiple slot binary message', 'long-range position report'],
] as const;
