import type { FlowDocument } from '@semstreams/contract';
import {
  BellRing,
  ChartLine,
  CloudDownload,
  Database,
  HeartPulse,
  Plane,
  Radio,
  RadioReceiver,
  Ship,
  TableProperties,
  Thermometer,
  Webhook,
} from 'lucide-react';
import type { LucideIcon } from 'lucide-react';
import { inARow } from './in-a-row.ts';
import { aggregateToInflux } from './influx-document.ts';
import { mqttSensors } from './mqtt-document.ts';
import { mqttToPostgresql } from './postgresql-document.ts';
import { roomSensors, sensorsWithAlert } from './sensor-documents.ts';
import { aisShips } from './ship-documents.ts';
import { csvCleanUp } from './table-documents.ts';
import { deviceHealth, polledService, webhookToFile } from './web-documents.ts';

/** A flow to begin with. Its numbers move as soon as it is deployed: a simulator or a recording stands in for devices, and for a broker it waits. */
export interface Template {
  readonly id: string;
  readonly title: string;
  readonly summary: string;
  readonly icon: LucideIcon;
  readonly document: FlowDocument;
}

const columns = (...ids: string[]): NonNullable<FlowDocument['layout']> => inARow(ids, 120);

export const templates: readonly Template[] = [
  {
    id: 'warm-rooms',
    title: 'Sensor alarm',
    summary: 'A simulated room sensor; what is too warm is kept in a file.',
    icon: Thermometer,
    document: {
      name: 'Sensor alarm',
      description: 'Keeps the readings that are above 22 °C. The sensor is simulated.',
      components: [
        {
          id: 'sensor',
          type: 'simulator_input',
          name: 'Room sensor',
          config: roomSensors,
        },
        {
          id: 'too-warm',
          type: 'json_filter',
          name: 'Too warm',
          config: { rules: [{ field: 'temperature', operator: 'gt', value: 22 }] },
        },
        {
          id: 'alarms',
          type: 'file_output',
          name: 'Alarms',
          config: { path: 'alarms.ndjson', max_size: '8MB', keep: 3 },
        },
      ],
      connections: [
        { from: 'sensor', to: 'too-warm' },
        { from: 'too-warm.out', to: 'alarms' },
      ],
      layout: columns('sensor', 'too-warm', 'alarms'),
    },
  },
  {
    id: 'sensors-with-alert',
    title: 'Sensors with alert',
    summary: 'An alert when a room gets too warm, and when it is over; the mean of each room every ten seconds.',
    icon: BellRing,
    document: sensorsWithAlert,
  },
  {
    id: 'recorded-flight',
    title: 'Recorded flight',
    summary: 'A drone’s recorded telemetry, played again; its positions go to a flight log.',
    icon: Plane,
    document: {
      name: 'Recorded flight',
      description: 'Plays a recorded flight again and again. Use a MAVLink input with a port for a real vehicle.',
      components: [
        {
          id: 'vehicle',
          type: 'mavlink_input',
          name: 'Vehicle',
          config: { source: 'tlog', path: 'recordings/sitl-copter.tlog.gz', loop: true },
        },
        {
          id: 'positions',
          type: 'json_filter',
          name: 'Positions',
          config: { rules: [{ field: 'message', operator: 'eq', value: 'GLOBAL_POSITION_INT' }] },
        },
        {
          id: 'metres',
          type: 'json_map',
          name: 'In metres',
          config: {
            steps: [
              { do: 'scale', field: 'relative_alt', factor: 0.001 },
              { do: 'rename', from: 'relative_alt', to: 'height_m' },
            ],
          },
        },
        {
          id: 'flight-log',
          type: 'file_output',
          name: 'Flight log',
          config: { path: 'recorded-flight.ndjson', max_size: '8MB', keep: 3 },
        },
      ],
      connections: [
        { from: 'vehicle', to: 'positions' },
        { from: 'positions.out', to: 'metres' },
        { from: 'metres', to: 'flight-log' },
      ],
      layout: columns('vehicle', 'positions', 'metres', 'flight-log'),
    },
  },
  {
    id: 'ais-ships',
    title: 'AIS ships',
    summary: 'Ships that an AIS receiver has heard in a harbour, played again; where each of them is goes to a file.',
    icon: Ship,
    document: aisShips,
  },
  {
    id: 'to-another-location',
    title: 'To another location',
    summary: 'Simulated vehicles, sent to whoever connects by WebSocket, such as another SemStreams.',
    icon: Radio,
    document: {
      name: 'To another location',
      description: 'Sends simulated vehicle positions to every receiver that connects to port 9001.',
      components: [
        { id: 'vehicles', type: 'simulator_input', name: 'Vehicles', config: { rate: 50 } },
        { id: 'control-room', type: 'websocket_output', name: 'Control room', config: { port: 9001 } },
      ],
      connections: [{ from: 'vehicles', to: 'control-room' }],
      layout: columns('vehicles', 'control-room'),
    },
  },
  {
    id: 'webhook-to-file',
    title: 'Webhook to file',
    summary: 'What is sent by HTTP is answered when it is on disk, and kept in a file.',
    icon: Webhook,
    document: webhookToFile,
  },
  {
    id: 'mqtt-sensors',
    title: 'MQTT sensors to a file',
    summary: 'What sensors publish to an MQTT broker, such as mosquitto, is kept in a file.',
    icon: RadioReceiver,
    document: mqttSensors,
  },
  {
    id: 'mqtt-to-postgresql',
    title: 'MQTT to PostgreSQL',
    summary: 'What sensors publish to an MQTT broker becomes rows of a table of PostgreSQL, each once.',
    icon: Database,
    document: mqttToPostgresql,
  },
  {
    id: 'aggregate-to-influxdb',
    title: 'Aggregate to InfluxDB',
    summary: 'The mean of each room every five seconds, written to InfluxDB as points of a time series.',
    icon: ChartLine,
    document: aggregateToInflux,
  },
  {
    id: 'polled-service',
    title: 'Polled web service',
    summary: 'A web service is asked every five seconds; what has changed is kept in a file.',
    icon: CloudDownload,
    document: polledService,
  },
  {
    id: 'csv-clean-up',
    title: 'CSV clean-up',
    summary: 'A table with a decimal comma, units and values that are none becomes one that every program reads.',
    icon: TableProperties,
    document: csvCleanUp,
  },
  {
    id: 'device-health',
    title: 'Device health',
    summary: 'Load, memory and disk of this device, with a warning in the log when memory gets short.',
    icon: HeartPulse,
    document: deviceHealth,
  },
];
