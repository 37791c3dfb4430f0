import type { FlowDocument } from '@semstreams/contract';

/** A simulated sensor that publishes by MQTT to a broker on this device, and what receives of it all that sensors publish. */
export const publishedSensors: FlowDocument['components'] = [
  {
    id: 'sensor',
    type: 'simulator_input',
    name: 'Simulated sensor',
    config: {
      rate: 2,
      fields: [
        { kind: 'choice', field: 'room', values: ['hall', 'office', 'store'] },
        { kind: 'sine', field: 'temperature', mean: 21, amplitude: 4, period: 30 },
        { kind: 'time', field: 'time' },
      ],
    },
  },
  {
    id: 'publish',
    type: 'mqtt_output',
    name: 'Publishes',
    config: { url: 'mqtt://127.0.0.1:1883', topic: 'sensors/{room}' },
  },
  {
    id: 'broker',
    type: 'mqtt_input',
    name: 'All sensors',
    config: { url: 'mqtt://127.0.0.1:1883', topics: ['sensors/#'] },
  },
];
