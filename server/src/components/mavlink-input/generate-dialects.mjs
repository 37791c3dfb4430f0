/**
 * Writes `dialects.generated.ts` from the public message definitions, as the package `mavlink-mappings` carries them:
 * ids, names, wire order, types, units and enums are facts of the protocol. Prints the file with `--print`.
 * CRC_EXTRA is computed here from the fields and compared with the figure of the definitions.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';

const require = createRequire(import.meta.url);
const folder = join(dirname(require.resolve('mavlink-mappings/package.json')), 'dist', 'lib');

/** Files of each dialect; each dialect holds those before it too. */
const dialects = {
  minimal: ['minimal'],
  standard: ['standard'],
  common: ['common'],
  ardupilotmega: ['uavionix', 'icarous', 'ardupilotmega'],
};

const primitives = {
  char: ['str', 1],
  uint8_t: ['u8', 1],
  uint8_t_mavlink_version: ['u8', 1],
  int8_t: ['i8', 1],
  uint16_t: ['u16', 2],
  int16_t: ['i16', 2],
  uint32_t: ['u32', 4],
  int32_t: ['i32', 4],
  uint64_t: ['u64', 8],
  int64_t: ['i64', 8],
  float: ['f32', 4],
  double: ['f64', 8],
};

/** CRC-16/MCRF4XX, as the serialisation guide of MAVLink describes it. */
const crc = (bytes) => {
  let sum = 0xffff;
  for (const byte of bytes) {
    let mixed = byte ^ (sum & 0xff);
    mixed = (mixed ^ (mixed << 4)) & 0xff;
    sum = ((sum >> 8) ^ (mixed << 8) ^ (mixed << 3) ^ (mixed >> 4)) & 0xffff;
  }
  return sum;
};

const crcExtra = (name, fields) => {
  const text = [...Buffer.from(`${name} `)];
  for (const field of fields.filter(({ extension }) => !extension)) {
    const type = field.type.replace('[]', '').replace('_mavlink_version', '');
    text.push(...Buffer.from(`${type} ${field.source} `));
    if (field.length > 0) text.push(field.length);
  }
  const sum = crc(text);
  return (sum & 0xff) ^ (sum >> 8);
};

const enums = new Map();
const messages = new Map();

for (const [dialect, files] of Object.entries(dialects)) {
  for (const file of files) {
    const module = require(join(folder, `${file}.js`));
    const types = readFileSync(join(folder, `${file}.d.ts`), 'utf8');
    for (const [name, value] of Object.entries(module)) {
      if (typeof value === 'object' && !value.MSG_ID && name !== 'REGISTRY' && /^[A-Z]/.test(name))
        enums.set(name, { ...enums.get(name), ...value });
    }
    for (const message of Object.values(module)) {
      if (message?.MSG_NAME === undefined || messages.has(message.MSG_ID)) continue;
      const body = types.slice(types.indexOf(`class ${message.name} `));
      const typeOf = new Map(
        [...body.slice(0, body.indexOf('\n}')).matchAll(/^ {4}(\w+): (\w+)(\[\])?;$/gm)].map(([, field, type]) => [
          field,
          type,
        ]),
      );
      messages.set(message.MSG_ID, { dialect, message, typeOf });
    }
  }
}

/** Fields of a message that are called like something that every payload has get another name. */
const reserved = new Set(['message', 'message_id', 'system_id', 'component_id', 'sequence', 'time']);
const used = new Set();
/** Enumerations that the definitions (as of pymavlink 2.4.50) call bitmasks; the package does not carry that over. */
const bitmasks = new Set(
  `
    ADSB_FLAGS AIRSPEED_SENSOR_FLAGS AIS_FLAGS ATTITUDE_TARGET_TYPEMASK
    AUTOTUNE_AXIS CAMERA_CAP_FLAGS CAMERA_TRACKING_STATUS_FLAGS CAMERA_TRACKING_TARGET_DATA
    COMPUTER_STATUS_FLAGS EKF_STATUS_FLAGS ENGINE_CONTROL_OPTIONS ESTIMATOR_STATUS_FLAGS
    FENCE_TYPE GIMBAL_DEVICE_CAP_FLAGS GIMBAL_DEVICE_ERROR_FLAGS GIMBAL_DEVICE_FLAGS
    GIMBAL_MANAGER_CAP_FLAGS GIMBAL_MANAGER_FLAGS GLOBAL_POSITION_FLAGS GOPRO_HEARTBEAT_FLAGS
    GOPRO_VIDEO_SETTINGS_FLAGS GPS_INPUT_IGNORE_FLAGS HIGHRES_IMU_UPDATED_FLAGS HIL_ACTUATOR_CONTROLS_FLAGS
    HIL_SENSOR_UPDATED_FLAGS HL_FAILURE_FLAG ILLUMINATOR_ERROR_FLAGS LIMIT_MODULE
    MAV_BATTERY_FAULT MAV_DO_REPOSITION_FLAGS MAV_GENERATOR_STATUS_FLAG MAV_MODE_FLAG
    MAV_MODE_FLAG_DECODE_POSITION MAV_MODE_PROPERTY MAV_POWER_STATUS MAV_PROTOCOL_CAPABILITY MAV_SYS_STATUS_SENSOR
    MAV_SYS_STATUS_SENSOR_EXTENDED MAV_WINCH_STATUS_FLAG NAV_TAKEOFF_FLAGS POSITION_TARGET_TYPEMASK
    SERIAL_CONTROL_FLAG STORAGE_USAGE_FLAG UAVIONIX_ADSB_OUT_CONTROL_STATE UAVIONIX_ADSB_OUT_DYNAMIC_STATE
    UAVIONIX_ADSB_OUT_RF_SELECT UAVIONIX_ADSB_OUT_STATUS_FAULT UAVIONIX_ADSB_OUT_STATUS_STATE UAVIONIX_ADSB_RF_HEALTH
    UAVIONIX_ADSB_XBIT UTM_DATA_AVAIL_FLAGS VIDEO_STREAM_STATUS_FLAGS
  `
    .trim()
    .split(/\s+/)
    .map((name) => name.toLowerCase().replaceAll('_', '')),
);
const isFlags = (enumName) => bitmasks.has(enumName.toLowerCase());

/** Values of enumerations that are new, or have another name, in the same definitions. */
const addedValues = {
  GimbalDeviceCapFlags: { 65536: 'CAN_POINT_LOCATION_LOCAL', 131072: 'CAN_POINT_LOCATION_GLOBAL' },
  MagCalStatus: {
    6: 'FAILED_ORIENTATION',
    7: 'FAILED_RADIUS',
    8: 'FAILED_OFFSETS',
    9: 'FAILED_DIAG_SCALING',
    10: 'FAILED_RESIDUALS_HIGH',
  },
  MavCmd: { 36: 'NAV_ARC_WAYPOINT', 10151: 'LOWEHEISER_SET_STATE' },
  MavMountMode: { 7: 'WPNEXT_OFFSET' },
  PidTuningAxis: {
    7: 'WHEEL_LEFT',
    8: 'WHEEL_RIGHT',
    9: 'SAIL_HEEL',
    10: 'VEL_NORTH',
    11: 'VEL_EAST',
    12: 'VEL_DOWN',
    13: 'POS_NORTH',
    14: 'POS_EAST',
    15: 'POS_DOWN',
    16: 'YAW_ANGLE',
  },
  VideoStreamType: { 4: 'WHEP' },
};

/** Fields that the definitions have got since, by message: extensions, which CRC_EXTRA does not cover. */
const added = {
  GIMBAL_DEVICE_INFORMATION: [
    {
      source: 'cap_flags2',
      camel: 'capFlags2',
      offset: 145,
      extension: true,
      length: 0,
      type: 'uint32_t',
      enumName: 'GimbalDeviceCapFlags',
    },
  ],
};

const rowOf = ({ dialect, message, typeOf }) => {
  const { MSG_ID: id, MSG_NAME: name, FIELDS, MAGIC_NUMBER } = message;
  const fields = FIELDS.map(({ source, name: camel, offset, extension, length, type }) => ({
    source,
    camel,
    offset,
    extension,
    length,
    type,
  }));
  for (const { enumName, ...field } of added[name] ?? [])
    if (!typeOf.has(field.camel)) {
      fields.push(field);
      typeOf.set(field.camel, enumName);
    }
  if (crcExtra(name, fields) !== MAGIC_NUMBER)
    throw new Error(`CRC_EXTRA of ${name} is ${crcExtra(name, fields)}, not ${MAGIC_NUMBER}`);
  let size = 0;
  const properties = fields.flatMap(({ source: original, camel, offset, length, type }) => {
    const source = reserved.has(original) ? `${original}_field` : original;
    const [read, width] = primitives[type.replace('[]', '')];
    size = Math.max(size, offset + width * Math.max(1, length));
    const at = offset === 0 ? 'o' : `o + ${offset}`;
    if (read === 'str') return [`${source}: str(v, ${at}, ${Math.max(1, length)})`];
    if (length > 0) return [`${source}: list(${read}, v, ${at}, ${length}, ${width})`];
    const value = `${source}: ${read}(v, ${at})`;
    const enumName = typeOf.get(camel);
    if (!enums.has(enumName)) return [value];
    used.add(enumName);
    if (width === 8) return [value, `${source}_names: flags64(e.${enumName}, v, ${at})`];
    return isFlags(enumName)
      ? [value, `${source}_names: flags(e.${enumName}, ${read}(v, ${at}))`]
      : [value, `${source}_name: named(e.${enumName}, ${read}(v, ${at}))`];
  });
  const head = `message: '${name}', message_id: ${id}, system_id: f.system, component_id: f.component, sequence: f.sequence, time`;
  return `  { id: ${id}, name: '${name}', dialect: '${dialect}', crcExtra: ${MAGIC_NUMBER}, size: ${size}, decode: (f, time, v, o) => ({ ${head}, ${properties.join(', ')} }) },`;
};

const rows = [...messages.values()].sort((a, b) => a.message.MSG_ID - b.message.MSG_ID).map(rowOf);
const tables = [...used].sort().map((name) => {
  const entries = new Map(
    Object.entries(enums.get(name)).flatMap(([entry, value]) => (typeof value === 'number' ? [[value, entry]] : [])),
  );
  for (const [value, entry] of Object.entries(addedValues[name] ?? {})) entries.set(Number(value), entry);
  return `  ${name}: { ${[...entries].map(([value, entry]) => `${value}: '${entry}'`).join(', ')} },`;
});

const text = `// Generated by generate-dialects.mjs from the public MAVLink message definitions. Do not edit.
import { f32, f64, flags, flags64, i16, i32, i64, i8, list, type MessageType, named, str, u16, u32, u64, u8 } from './decode.ts';

const e = {
${tables.join('\n')}
} as const;

/** Every message of the dialects, by id. \`size\` is the whole payload with extensions, in bytes. */
export const messageTypes: readonly MessageType[] = [
${rows.join('\n')}
];
`;

if (process.argv.includes('--print')) process.stdout.write(text);
else writeFileSync(join(import.meta.dirname, 'dialects.generated.ts'), text);
