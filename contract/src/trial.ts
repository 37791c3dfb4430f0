import { z } from 'zod';
import { Finding } from './finding.ts';
import { SeenConnection } from './seen.ts';
import { TappedMessage } from './tap.ts';

/** So many messages are tried at once. */
export const mostTrialMessages = 100;
/** What the messages of one trial may take together, in characters. */
export const mostTrialCharacters = 4 * 1024 ** 2;

/** A message to try a flow with: one of `payload`, `text` and `base64`. */
export const TrialMessage = z
  .strictObject({
    payload: z.unknown().optional().meta({ description: 'Any JSON value.' }),
    text: z.string().optional().meta({ description: 'The payload as a text.' }),
    base64: z.base64().optional().meta({ description: 'The payload as raw bytes.' }),
    headers: z.record(z.string(), z.string()).optional(),
    time: z.iso
      .datetime({ offset: true, error: 'write a time such as 2026-07-01T12:00:00Z' })
      .optional()
      .meta({ description: 'When it came in; a second after the one before where it is left out.' }),
  })
  .refine(
    (message) => ['payload', 'text', 'base64'].filter((kind) => Object.hasOwn(message, kind)).length === 1,
    'give one of "payload", "text" and "base64"',
  )
  .meta({ id: 'TrialMessage' });
export type TrialMessage = z.infer<typeof TrialMessage>;

/** A flow, saved or not, and the messages that it is tried with. */
export const TrialRequest = z
  .strictObject({
    flow: z
      .unknown()
      .refine((flow) => flow !== undefined, 'send the document of the flow')
      .meta({ description: 'The document of a flow. What is wrong with it is told, and the rest of it is tried.' }),
    at: z.strictObject({ component: z.string(), port: z.string().optional() }).optional().meta({
      description:
        'Where the messages enter: they leave an input, or arrive at another component. The first input where it is left out.',
    }),
    messages: z.array(TrialMessage).min(1).max(mostTrialMessages),
  })
  .meta({ id: 'TrialRequest' });
export type TrialRequest = z.infer<typeof TrialRequest>;

/** What a component made of one message, or made when time had passed. */
export const TrialStep = z
  .strictObject({
    component: z.string(),
    port: z.string().optional().meta({ description: 'Where the message came in; absent for what time has made.' }),
    given: z.int().optional().meta({ description: 'Number of the message that came in.' }),
    outcome: z.enum(['made', 'nothing', 'failed', 'sent', 'stopped']).meta({
      description:
        'made: messages for its ports. nothing: it keeps it back, or leaves it out. failed: it would be a dead letter. sent: an output would have sent it, and did not. stopped: the component does not work.',
    }),
    made: z.array(z.strictObject({ port: z.string(), message: z.int() })),
    reason: z.string().optional().meta({ description: 'Why nothing came of it, or why it went where it went.' }),
  })
  .meta({ id: 'TrialStep' });
export type TrialStep = z.infer<typeof TrialStep>;

/** All that came of the messages at one component. */
export const TriedComponent = z
  .strictObject({
    id: z.string(),
    state: z.enum(['tried', 'muted', 'broken']).meta({
      description: 'muted: an input or output, which was not opened. broken: it cannot be tried as it is.',
    }),
    sentence: z.string().optional().meta({ description: 'Why it is broken.' }),
    in: z.int(),
    out: z.record(z.string(), z.int()).meta({ description: 'How many messages it made, by port.' }),
    nothing: z.int().meta({ description: 'For how many messages it made none.' }),
    failed: z.int().meta({ description: 'How many messages would have become dead letters.' }),
    facts: z.record(z.string(), z.unknown()).optional().meta({ description: 'What it tells of itself at the end.' }),
  })
  .meta({ id: 'TriedComponent' });
export type TriedComponent = z.infer<typeof TriedComponent>;

/** What each component makes of each message. Nothing was opened, sent or kept for it. */
export const Trial = z
  .strictObject({
    at: z.strictObject({ component: z.string(), port: z.string() }),
    tried: z.int().meta({ description: 'How many messages went in.' }),
    is_cut: z.boolean().meta({ description: 'Whether something was left out: messages, steps, or looks at them.' }),
    sentence: z.string().optional().meta({ description: 'Why something was left out.' }),
    findings: z.array(Finding),
    messages: z
      .array(TappedMessage)
      .meta({ description: 'All messages, by their number from 0; the first ones are those that went in.' }),
    components: z.array(TriedComponent).meta({ description: 'Upstream before downstream.' }),
    steps: z.array(TrialStep).meta({ description: 'In the order in which they happened.' }),
    connections: z.array(SeenConnection).meta({ description: 'The fields that came by.' }),
  })
  .meta({ id: 'Trial' });
export type Trial = z.infer<typeof Trial>;
