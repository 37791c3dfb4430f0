import { definitions } from './definitions.generated.ts';
import { definitionsFrom, dialectParts } from './dialect-names.generated.ts';

const opening = `# MAVLink

Generated. Do not edit.

\`mavlink_input\` gives each message as an object, \`mavlink_output\` takes the same back:

\`\`\`json
{
  "message": "HEARTBEAT", "message_id": 0, "system_id": 1, "component_id": 1, "sequence": 7, "time": 1700000000000,
  "custom_mode": 4, "type": 2, "type_name": "QUADROTOR", "base_mode": 81, "base_mode_names": ["CUSTOM_MODE_ENABLED", "STABILIZE_ENABLED", "MANUAL_INPUT_ENABLED"]
}
\`\`\`

- Fields have the names and units of the definitions, whole numbers as they are on the wire: \`lat\` in 1e-7 degrees, \`alt\` in millimetres.
- Beside a number with an enumeration stands its name (\`type_name\`), beside a mask the names of its bits (\`base_mode_names\`). Names go
  without what all names of an enumeration begin with. \`mavlink_output\` takes the number, else the name, short or whole.
- \`mavlink_output\` needs \`message\` alone: fields that are missing are 0, and a key that the message does not have costs the message, with a
  sentence, as does a \`message_id\` of another message. \`system_id\` and \`component_id\` are those of the settings where a message has none.
- Version 1 of MAVLink sends no extensions: a message of which one is not 0 is refused there, as is one with an id above 255.
- Headers tell where a message came from: \`link\` (\`udp:14550\`), \`address\` of the sender, and \`signed\` where it was.
- \`mavlink_output\` with \`"to": "heard"\` answers from the ports of the MAVLink inputs of its flow, and so makes a router of them, as in
  [mavlink-router.json](../../examples/guide/mavlink-router.json): a message goes where its target was heard, else to all others, and never
  back to where it came from or where its sender was heard.
- A recording is what QGroundControl, Mission Planner and MAVProxy write (\`.tlog\`), or the bytes of a line as they came (\`.raw\`), packed
  with gzip or not. Which it is is seen by its content. \`mavlink_input\` with \`"source": "tlog"\` and \`file_input\` with \`"format": "tlog"\` find
  the same messages in it, with the same times and dialects; the first can choose messages, vehicles and verify signatures.

## As a ground station

With \`"ground_station": true\` the input sends a heartbeat each second to all that it hears, and before anybody is heard to \`vehicle_address\`:
some vehicles say nothing before. \`rates\` asks each vehicle for messages (MAV_CMD_SET_MESSAGE_INTERVAL), one after another and three times at
most; the status shows each answer. \`stream_rate\` asks in the older way (REQUEST_DATA_STREAM), which nobody answers.

\`\`\`json
{ "type": "mavlink_input", "config": { "ground_station": true, "rates": [{ "message": "ATTITUDE", "per_second": 10 }] } }
\`\`\`

The status tells which vehicles are quiet for longer than \`quiet_after\`. They are told apart by address and system, so that two with the same
number are two. \`join_texts\` joins the parts of long texts (STATUSTEXT).

## A dialect of one's own

With \`"dialect": "own"\` the setting \`definition\` names an XML file as MAVLink describes it. What it includes lies in the same folder;
dialects of the product need no file. Mistakes are told when the flow starts, each with its file and line.

\`\`\`xml
<mavlink>
  <include>common.xml</include>
  <enums>
    <enum name="PUMP"><entry name="PUMP_OFF" value="0"/><entry name="PUMP_ON" value="1"/></enum>
  </enums>
  <messages>
    <message id="20000" name="PUMP_STATE">
      <description>What the pump does.</description>
      <field type="uint8_t" name="state" enum="PUMP">Whether it is on</field>
      <field type="float" name="pressure" units="hPa">Pressure behind it</field>
    </message>
  </messages>
</mavlink>
\`\`\`

At most 64 files of 4 MB, 8 MB in all. A document type and entities of its own are refused. Such messages are read two to three times as
slowly as others.
`;

const differences = `## Where it differs from the reference

Held against pymavlink 2.4.50, with random values for each message that it knows.

| what | here | reference | why |
| --- | --- | --- | --- |
| -0 | 0 | -0 | one rule for the whole product |
| NaN, infinity | texts | numbers | JSON has none; their other bits are lost |
| integers beyond 2^53 | texts | numbers | they would be rounded |
| text | UTF-8, else \`{ "bytes": "…" }\` | ASCII with marks for what is none | nothing is lost |
| text behind its first NUL | left out, and 0 on its way back | left out | it is what a buffer held before |
| fields called \`message\`, \`time\`, \`sequence\` … | \`message_field\`, … | as they are | each payload has a key of that name |
| end of an enumeration (\`…_ENUM_END\`) | no name | a name | it is no value |
| \`MAV_BOOL\` | \`FALSE\`, \`TRUE\` | a mask | it is a yes or a no |
| bits without a name | left out of the names | an empty name | the number has them |
| values that both name otherwise | the name of the protocol (\`VTOL_TILTWING\`) | its own (\`VTOL_RESERVED4\`) | it is newer |
| messages and values that only the protocol has | known | unknown | vehicles with PX4 send them |
| \`MAV_CMD\` 0 of MatrixPilot | no name | \`PREFLIGHT_STORAGE_ADVANCED\` | 0 is no command for all others |
| an entry without a value in a dialect of one's own, where another file has that enumeration too | counts on in its own file; refused where that value is taken | counts on behind both files | the order of files would decide what a number means: write the value |
| a message that nobody knows | dropped and counted | handed on without fields | there is nothing to say of it; so a flow routes none either |
| a frame behind damage | found | lost where a false head reaches over it | the checksum tells what a frame is |
| a frame that carries another, cut behind that one | the next bytes are waited for, once | waited for without end | what comes in three pieces or more is given up for the one within |
| a frame whose signature was cut | dropped | a frame | the frame behind it would be lost |
| wrong times of a recording | the time before; at the beginning the first that those behind it bear out | as they stand | no calendar has them, or they lie more than a day away from all others |
| a recording in which no time can be right | the time at which it is read | as they stand | as with a recording without times |
| RADIO_STATUS under signing | taken unsigned, not wrongly signed | as the caller decides | radios cannot sign |
| fields of extensions in MAVLink 1 | 0 | missing | a message always has all its fields |
`;

/** The reference page of MAVLink, in Markdown: how messages look, which are known, and what is otherwise than in the reference. */
export const mavlinkReference = (): string => {
  const lines = definitions
    .trim()
    .split('\n')
    .map((line) => line.split(' ', 3));
  const parts = Object.keys(dialectParts).filter((part) => lines.some(([, , dialect]) => dialect === part));
  const rows = Object.entries(dialectParts).map(([name, of]) => {
    const count = lines.filter(([, , dialect]) => (of as readonly string[]).includes(dialect!)).length;
    const others = of.filter((part) => part !== name);
    return `| \`${name}\` | ${count} | ${others.map((part) => `\`${part}\``).join(', ')} |`;
  });
  const lists = parts.map((part) => {
    const names = lines.filter(([, , dialect]) => dialect === part).map(([id, name]) => `${name} (${id})`);
    return `**\`${part}\`**: ${names.join(', ')}\n`;
  });
  return `${opening}
## Dialects

From ${definitionsFrom}. \`node server/src/component-kit/mavlink/generate-dialects.mjs\` brings them up to date: it
asks for the newest of both, with pip and git. Ids, names, types, units and values are facts of the protocol; no text of the definitions,
which come under the LGPL with an exception (MIT) for what is made of them, is copied.

| dialect | messages | with those of |
| --- | --- | --- |
${rows.join('\n')}

## Messages

${lists.join('\n')}
${differences}`;
};
