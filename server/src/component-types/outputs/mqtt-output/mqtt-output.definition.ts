import { z } from 'zod';
import { messageTemplateProblem } from '../../../component-kit/content/message-template.ts';
import { brokerSettings, checkBroker, plainTopic, qualityOfService } from '../../../component-kit/mqtt/settings.ts';
import { defineType, input } from '../../../engine/component.ts';
import { topicTemplateProblem } from './topic-template.ts';

const template = (problem: (text: string) => string | undefined) =>
  z
    .string()
    .max(65_535)
    .check(({ value, issues }) => {
      const message = problem(value);
      if (message !== undefined) issues.push({ code: 'custom', message, input: value });
    });

const mqttOutputConfig = z
  .strictObject({
    url: brokerSettings.url,
    topic: template(topicTemplateProblem).meta({
      title: 'Topic',
      description:
        'Where messages are published. {name} stands for a field of the message, {@header.topic} for one of its headers; {{ and }} are braces.',
      examples: ['sensors/{site}/temperature'],
    }),
    qos: qualityOfService.meta({
      description:
        'A message is finished when it is sent (0), or when the broker has acknowledged it (1 and 2). With 2, one whose answer was lost with the line does not come there twice where the broker speaks MQTT 5; after a crash of this machine, or with 3.1.1, it may.',
    }),
    retained: z.boolean().default(false).meta({
      title: 'Keep the last one',
      description: 'The broker keeps the last message of each topic for those who subscribe later.',
    }),
    format: z
      .enum(['json', 'text', 'bytes', 'template'])
      .default('json')
      .meta({
        title: 'Content',
        description:
          'What is published of a message: all of it as JSON, its text, the bytes that it holds as base64, or a text of your own.',
        choices: { json: 'JSON', text: 'Text', bytes: 'Bytes', template: 'A text with fields in it' },
      }),
    template: template(messageTemplateProblem)
      .default('')
      .meta({
        title: 'Text',
        description: 'What is published; {name} stands for a field of the message.',
        examples: ['{state}'],
        showIf: { field: 'format', is: ['template'] },
      }),
    username: brokerSettings.username,
    password: brokerSettings.password,
    will_topic: plainTopic.default('').meta({
      title: 'Topic of the last will',
      description:
        'Where the broker says that this is gone, whether the line broke or the flow was stopped. Empty for nowhere.',
      examples: ['devices/pump/state'],
      advanced: true,
    }),
    will_payload: z.string().max(10_000).default('offline').meta({
      title: 'Last will',
      description: 'What it says then.',
      advanced: true,
    }),
    online_payload: z
      .string()
      .max(10_000)
      .default('')
      .meta({
        title: 'Said when connected',
        description: 'Published to the topic of the last will as soon as this is connected. Empty for nothing.',
        examples: ['online'],
        advanced: true,
      }),
    will_retained: z.boolean().default(true).meta({
      title: 'Keep both',
      description: 'The broker keeps what was said last for those who subscribe later.',
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
  .check(checkBroker)
  .check(({ value, issues }) => {
    if (value.online_payload !== '' && value.will_topic === '')
      issues.push({
        ...{ code: 'custom', path: ['will_topic'], input: value.will_topic },
        message: 'name the topic where it is said that this is connected',
      });
  });
export type MqttOutputConfig = z.output<typeof mqttOutputConfig>;

export const mqttOutputDefinition = defineType({
  type: 'mqtt_output',
  category: 'output',
  title: 'MQTT',
  summary: 'Publishes messages to topics of an MQTT broker.',
  icon: 'radio-tower',
  keywords: ['mqtt', 'broker', 'publish', 'iot', 'mosquitto', 'topic', 'retained', 'home'],
  ports: { in: input('json', { delivery: 'guaranteed' }) },
  config: mqttOutputConfig,
  waitsByItself: true,
  probes: 'Connects to the broker once, by another client id, and says which version it speaks; nothing is published.',
  trial: { config: ({ broker }) => ({ url: broker, topic: 'a' }) },
  examples: [
    { title: 'Everything to one topic', config: { url: 'mqtt://127.0.0.1:1883', topic: 'telemetry' } },
    {
      title: 'The state of each device, kept for those who come later',
      config: {
        url: 'mqtts://broker.example',
        topic: 'devices/{device}/state',
        format: 'template',
        template: '{state}',
        retained: true,
        username: 'gateway',
        password: '${MQTT_PASSWORD}',
      },
    },
    {
      title: 'What came by MQTT, below another topic',
      config: {
        url: 'mqtt://127.0.0.1:1883',
        topic: 'checked/{@header.topic}',
        will_topic: 'gateway',
        online_payload: 'online',
      },
    },
  ],
});
