import { z } from 'zod';
import { duration, sizeAboveZero } from '../../../component-kit/fields/fields.ts';
import { brokerSettings, checkBroker, qualityOfService, topicFilter } from '../../../component-kit/mqtt/settings.ts';
import { defineType, output } from '../../../engine/component.ts';

export const mqttInputDefinition = defineType({
  type: 'mqtt_input',
  category: 'input',
  title: 'MQTT',
  summary: 'Receives what is published to topics of an MQTT broker.',
  icon: 'radio-receiver',
  keywords: ['mqtt', 'broker', 'subscribe', 'iot', 'mosquitto', 'sensors', 'topic', 'zigbee', 'home'],
  ports: { out: output('json') },
  config: z
    .strictObject({
      url: brokerSettings.url,
      topics: z
        .array(topicFilter)
        .min(1)
        .max(100)
        .meta({
          title: 'Topics',
          description:
            'What is subscribed to: + stands for one level, # for all that follow; $share/<group>/<topic> is shared by all subscribers of the group.',
          examples: [['sensors/+/temperature']],
        }),
      qos: qualityOfService.meta({
        description:
          'What the broker is asked for. From 1 on, messages wait at the broker while this is away, and are acknowledged when they are safe: on disk behind a guaranteed connection. What comes with 2 is taken once, but for a crash of this machine: then it may come twice.',
      }),
      format: z
        .enum(['json', 'json_lines', 'text', 'text_lines', 'bytes'])
        .default('json')
        .meta({
          title: 'Content',
          description: 'What a payload holds: JSON, text, or bytes as base64.',
          choices: {
            json: 'JSON',
            json_lines: 'JSON lines',
            text: 'Text',
            text_lines: 'Lines of text',
            bytes: 'Bytes',
          },
        }),
      retained: z
        .enum(['take', 'leave_out'])
        .default('take')
        .meta({
          title: 'Retained messages',
          description: 'What the broker has kept of a topic, and sends as soon as it is subscribed to.',
          choices: { take: 'Taken, with the header "retained"', leave_out: 'Left out, and counted' },
          advanced: true,
        }),
      username: brokerSettings.username,
      password: brokerSettings.password,
      session_expiry: duration.prefault('24h').meta({
        title: 'Kept at the broker',
        description:
          'How long messages wait at the broker while this is away, with a QoS of 1 or 2; "0s" is not at all. Brokers of MQTT 3.1.1 keep them for as long as they like.',
        advanced: true,
      }),
      max_message: sizeAboveZero.prefault('16MB').meta({
        title: 'Largest message',
        description: 'A larger one is left out, and counted.',
        advanced: true,
      }),
      client_id: brokerSettings.client_id,
      protocol: brokerSettings.protocol,
      keep_alive: brokerSettings.keep_alive,
      timeout: brokerSettings.timeout,
      ca_file: brokerSettings.ca_file,
      cert_file: brokerSettings.cert_file,
      key_file: brokerSettings.key_file,
      server_name: brokerSettings.server_name,
      longest_wait: brokerSettings.longest_wait,
    })
    .check(checkBroker),
  drops: {
    too_long: 'A message was larger than "max_message" allows.',
    empty: 'A payload was empty.',
    retained: 'It was kept by the broker, and those are to be left out.',
    other_topic: 'It came for a topic that this flow subscribed to before, and does not now.',
  },
  plannedDrops: ['retained', 'empty'],
  trial: { config: ({ broker }) => ({ url: broker, topics: ['#'] }) },
  probes: 'Connects to the broker once, by another client id, and says which version it speaks.',
  examples: [
    {
      title: 'Temperatures of all sensors',
      config: { url: 'mqtt://127.0.0.1:1883', topics: ['sensors/+/temperature'] },
    },
    {
      title: 'Texts by TLS, shared by several instances',
      config: {
        url: 'mqtts://broker.example',
        topics: ['$share/control-room/alarms/#'],
        format: 'text',
        username: 'control-room',
        password: '${MQTT_PASSWORD}',
      },
    },
  ],
});
