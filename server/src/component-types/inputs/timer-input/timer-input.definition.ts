import { z } from 'zod';
import { scheduleSettings } from '../../../component-kit/schedule/settings.ts';
import { defineType, output } from '../../../engine/component.ts';
import { payloadProblem } from './timer-input.ts';

export const timerInputDefinition = defineType({
  type: 'timer_input',
  category: 'input',
  title: 'Timer',
  summary: 'Makes a message at an interval or at times of the clock, such as with the state of this device.',
  icon: 'alarm-clock',
  keywords: ['cron', 'interval', 'schedule', 'clock', 'heartbeat', 'tick', 'health', 'inject'],
  ports: { out: output('json') },
  config: z.strictObject({
    ...scheduleSettings('10s'),
    payload: z
      .json()
      .check(({ value, issues }) => {
        const message = payloadProblem(value);
        if (message !== undefined) issues.push({ code: 'custom', message, input: value });
      })
      .prefault({ time: '{time}', count: '{count}' })
      .meta({
        title: 'Payload',
        description:
          'What each message holds. {time}, {unix_ms} and {count} in its texts stand for when it was due and which one it is, {device} and such as {device.load_1m} for the state of this device; {{ and }} are braces.',
        examples: [{ kind: 'heartbeat', time: '{time}', device: '{device}' }],
        widget: 'value',
      }),
    count: z.int().min(1).optional().meta({
      title: 'Count',
      description: 'Ends after so many; goes on for ever where it is left out.',
      advanced: true,
    }),
  }),
  drops: { busy: 'It was due while the flow was busy with the one before.' },
  trial: { makesItsOwn: true, config: () => ({ every: '20ms' }) },
  examples: [
    { title: 'A heartbeat every ten seconds', config: { every: '10s', payload: { alive: true, time: '{time}' } } },
    {
      title: 'On weekdays at six, by the clock of Berlin',
      config: { when: 'cron', cron: '0 6 * * MON-FRI', zone: 'Europe/Berlin' },
    },
    { title: 'The state of this device, each minute', config: { every: '1m', payload: '{device}' } },
  ],
});
