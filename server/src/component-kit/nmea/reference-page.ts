import type { AisField } from './ais-fields.ts';
import { allLayouts } from './ais-layouts.ts';
import { messageTypes } from './ais-words.ts';
import { sentenceTypes } from './sentence-types.ts';

const opening = `# NMEA 0183 and AIS

Generated. Do not edit.

\`nmea_input\` gives each sentence as an object, and each message of AIS, also one that comes in several sentences:

\`\`\`json
{
  "sentence": "RMC", "talker": "GP", "time_of_day": "13:28:27.60", "is_valid": true, "latitude": 41.5749908415, "longitude": -93.750583899,
  "speed_knots": 0.771, "course_deg": 12.921, "date": "2020-03-18", "variation_deg": 11.5985, "mode": "differential", "time": "2020-03-18T13:28:27.600Z"
}
{
  "sentence": "VDM", "talker": "AI", "channel": "B", "message_type": 1, "message_type_name": "position report", "repeat": 0, "mmsi": 374766000,
  "navigational_status": 0, "navigational_status_name": "under way using engine", "turn": 2, "rate_of_turn_deg_min": 0.2, "speed_knots": 3.1,
  "is_accurate": false, "longitude": 23.59816, "latitude": 37.864422, "course_deg": 290.5, "heading_deg": 302, "second": 59, "has_raim": false, "radio": 34953
}
\`\`\`

- **What is not known is not there.** A field that is empty in a sentence, and one of AIS that says "not available" (longitude 181, heading 511,
  speed 102.3, IMO 0), is left out, never null and never handed on as a value. So is what was cut off the end of a message of AIS.
- **Nothing is guessed.** A field that says something else than it should stands in \`unread\`, as it came; fields behind those that are known in
  \`more\`; a sentence that nobody knows has all of them in \`fields\`, as texts, and so have those of makers (\`$P…\`) but for a few.
- Names end with their unit. Positions are degrees, north and east positive; directions without \`magnetic\` are from true north.
- \`time\` is ISO 8601, in UTC, where a sentence says date and time of day (RMC, ZDA, AIS 4 and 11). One that says the time of day alone (GGA, GLL …)
  gets the date from what the same sender said last, by less than twelve hours before or behind; before it has said one, there is no \`time\`. Two digits of a year
  are 1980 to 2079. A second that clocks insert is the first of the next minute.
- Where a number stands for something, its word is beside it (\`ship_type\`, \`ship_type_name\`), unless the standard has none.
- \`mmsi\` is a number: that of a coast station begins with zeros that are not seen (2470052 is 002470052).
- \`tag\` is what a receiver has written around a sentence: a tag block before it (\`source\`, \`time\`, \`destination\`, \`line\`, \`group\`, \`text\`), or
  station and time behind it, as coast stations do.
- What has a right checksum is a sentence, wherever it stands in a line; of two that would fit, the one that begins last. What is none is counted
  and left out. A sentence of AIS that came undamaged and can be no message is a dead letter, with its line.
- A message of AIS in parts waits ten seconds for the rest, in any order, with what comes between. Parts of two senders are not joined. On one line 32 may be
  begun at once, with 32 KB: then the oldest is given up, and counted.
- The header \`address\` says who sent it, \`path\` from which recording it is. A message of a recording has the time at which it was recorded, where
  sentences say it; those that do not (AIS) have the one before.

## Sentences

Any talker, such as GP, GN, II, WI. A field with several units has a name for each that may come.
`;

const differences = `
## Where it differs from other programs

Held against pynmea2 1.19 and pyais 3.3: the values are the same but for these.

| what | here | there | why |
| --- | --- | --- | --- |
| not available, empty | left out | 181, 511, -128, "" and the like | nobody takes them for a value |
| heading and course of 360 and more | left out | as they are | the standard calls 360 of a course "not available", and has no such heading |
| rate of turn | \`turn\` as sent, \`rate_of_turn_deg_min\` to a tenth | whole degrees | nothing is lost; beyond ±126 no rate is known, only \`turn\` |
| areas and corrections (17, 22, 23) | degrees, south and west negative | minutes; in 17 without their sign | one unit for all positions |
| ship types that are reserved | as sent | the first of their kind (66 is 65) | nothing is lost |
| the rest of a name (21) | joined to \`name\` | a field of its own beside it | it is one name |
| \`@\` in the middle of a text | kept | kept | only those at its end fill it up |
| entries of lists that are cut, or all of zeros (7, 13, 15, 16, 20) | left out | whatever the bits happen to be | they fill up the message |
| data that is addressed and not structured (25, 26) | begins behind the address | 26: an application id before it | ITU-R M.1371-5 has none there |
| several slots (26) | \`radio\` is the last 20 bits, which \`data\` holds, too | \`data\` alone | ITU-R M.1371-5 has it there |
| spare and regional bits | left out, or absent where 0 | 0 | they say nothing |
| signal and system behind the satellites (GSV) | \`signal_id\`, \`system_id\` | one more satellite | NMEA 4.11 |
| \`is_valid\` of RMC | the status of the sentence | false where the navigational status is "V", too | that says only that none is given; it stands beside |
| latitude and longitude of a GGA without position | left out | 0 | nobody is on that island |
| XDR, RTE, GSV, GRS, GSA | a list of what is there | numbered fields, or only the first | it may be any number |
`;

/** The reference page of NMEA 0183 and AIS, in Markdown: how payloads look, which are known, and what is otherwise elsewhere. */
export const nmeaReference = (): string => {
  const sentences = [...sentenceTypes].toSorted(([a], [b]) => (a < b ? -1 : 1));
  return `${opening}
| sentence | fields |
| --- | --- |
${sentences.map(([type, { readers }]) => row(type, readers)).join('\n')}

## Messages of AIS

All have \`message_type\`, \`repeat\` and \`mmsi\`. Messages 6 and 8 have \`dac\` and \`fid\`, and what they carry as \`data\` in hexadecimal, but for
those with a line of their own. Other types have all behind their sender as \`data\`, and are counted (\`unknown_ais_messages\`).

| type | | fields |
| --- | --- | --- |
${allLayouts()
  .map(({ type, what, fields }) => `| ${type} | ${what ?? messageTypes[Number(type)] ?? ''} ${fieldsOf(fields)}`)
  .join('\n')}
${differences}`;
};

const row = (type: string, readers: readonly { readonly names: readonly string[] }[]): string =>
  `| ${type} ${fieldsOf(readers)}`;

const fieldsOf = (fields: readonly Pick<AisField, 'names'>[]): string => {
  const names = new Set(fields.flatMap((field) => field.names));
  return `| ${[...names].map((name) => `\`${name}\``).join(', ')} |`;
};
