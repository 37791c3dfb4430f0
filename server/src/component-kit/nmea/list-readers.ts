import { type FieldReader, numberOf, textOf } from './field-readers.ts';

const to = Infinity;

/** Up to so many numbers, without those that are empty. */
export const numbers = (name: string, width: number): FieldReader => ({
  width,
  names: [name],
  read: ({ fields, payload, unread }, at) => {
    const said = fields.slice(at, at + width).filter((text) => text.trim() !== '');
    const values = said.map((text) => numberOf(text.trim()));
    if (values.includes(undefined)) unread[name] = said.join(',');
    else payload[name] = values;
  },
});

/** Up to so many numbers, in places that mean something: null where one is empty. */
export const places = (name: string, width: number): FieldReader => ({
  width,
  names: [name],
  read: ({ fields, payload }, at) => {
    const values = fields.slice(at, at + width).map((text) => numberOf(text.trim()) ?? null);
    payload[name] = values.slice(0, values.findLastIndex((value) => value !== null) + 1);
  },
});

/** All that is left, as one text: it may hold commas. */
export const restOfText = (name: string): FieldReader => ({
  width: to,
  names: [name],
  read: ({ fields, payload }, at) => {
    if (at < fields.length) payload[name] = textOf(fields.slice(at).join(','));
  },
});

/** All that is left, as texts. */
export const restOfTexts = (name: string): FieldReader => ({
  width: to,
  names: [name],
  read: ({ fields, payload }, at) => {
    payload[name] = fields
      .slice(at)
      .filter((text) => text !== '')
      .map(textOf);
  },
});

/**
 * Satellites in view, four fields for each; behind them perhaps the signal that they were heard on, and behind that, as some
 * receivers write it, the system that they belong to.
 */
export const satellites: FieldReader = {
  width: to,
  names: ['satellites', 'signal_id', 'system_id'],
  read: ({ fields, payload, unread }, at) => {
    const behind = (fields.length - at) % 4;
    const end = behind === 3 ? fields.length : fields.length - behind;
    const found: Record<string, number>[] = [];
    for (let first = at; first < end; first += 4) {
      const satellite: Record<string, number> = {};
      for (const [index, name] of ['id', 'elevation_deg', 'azimuth_deg', 'snr_db'].entries()) {
        const said = fields[first + index]?.trim() ?? '';
        const value = numberOf(said);
        if (value !== undefined) satellite[name] = value;
        else if (said !== '') unread[`satellites[${found.length}].${name}`] = said;
      }
      if (Object.keys(satellite).length > 0) found.push(satellite);
    }
    payload['satellites'] = found;
    for (const [index, name] of ['signal_id', 'system_id'].entries()) {
      const said = fields[end + index]?.trim() ?? '';
      // a digit of hexadecimal
      if (/^[0-9A-Fa-f]$/.test(said)) payload[name] = Number.parseInt(said, 16);
      else if (said !== '') unread[name] = said;
    }
  },
};

/** What a transducer measures, by its letter. */
const kinds: Readonly<Record<string, string>> = {
  ...{ A: 'angle', C: 'temperature', D: 'depth', F: 'frequency', G: 'generic', H: 'humidity', I: 'current' },
  ...{ L: 'salinity', N: 'force', P: 'pressure', R: 'flow', S: 'switch', T: 'tachometer', U: 'voltage', V: 'volume' },
};

/** Units by the letters of what is measured and of its unit. */
const units: Readonly<Record<string, string>> = {
  ...{ AD: 'deg', CC: 'celsius', DM: 'm', FH: 'hertz', HP: 'percent', IA: 'ampere', LS: 'ppt', NN: 'newton' },
  ...{ PB: 'bar', PP: 'pascal', Rl: 'l_s', TR: 'rpm', UV: 'volt', VM: 'm3' },
};

/** Measurements of transducers, four fields for each: what, how much, in which unit, and where. */
export const measurements: FieldReader = {
  width: to,
  names: ['measurements'],
  read: ({ fields, payload, unread }, at) => {
    const found: Record<string, unknown>[] = [];
    for (let first = at; first < fields.length; first += 4) {
      const [kind = '', said = '', unit = '', name = ''] = fields.slice(first, first + 4).map((field) => field.trim());
      if (kind + said + unit + name === '') continue;
      const value = numberOf(said);
      if (value === undefined && said !== '') unread[`measurements[${found.length}].value`] = said;
      found.push({
        ...(name !== '' && { name: textOf(name) }),
        ...(kind !== '' && { kind: kinds[kind] ?? kind }),
        ...(value !== undefined && { value }),
        ...(unit !== '' && { unit: units[kind + unit] ?? unit }),
      });
    }
    payload['measurements'] = found;
  },
};
