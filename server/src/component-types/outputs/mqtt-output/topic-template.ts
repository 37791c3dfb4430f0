import {
  type MessageTemplate,
  messageTemplateProblem,
  parseMessageTemplate,
} from '../../../component-kit/content/message-template.ts';
import { topicProblem } from '../../../component-kit/mqtt/topic.ts';
import { InvalidMessage } from '../../../engine/fault.ts';
import type { Message } from '../../../engine/message.ts';

/** Topics that are remembered as good, so that they are not looked at again for each message. */
const mostKnown = 1000;

/** Why a text is no topic with fields in it, for people; undefined where it is one. */
export const topicTemplateProblem = (text: string): string | undefined => {
  const problem = messageTemplateProblem(text);
  if (problem !== undefined) return problem;
  const { fixed, isFixed } = parseMessageTemplate(text);
  return isFixed || fixed !== '' ? topicProblem(fixed) : undefined;
};

/** The topic of a message. Throws an InvalidMessage where its fields make none: they bring no wildcards and no control characters. */
export const topicOf = (text: string): ((message: Message) => string) => {
  const template = parseMessageTemplate(text);
  if (template.isFixed) return () => template.fixed;
  const known = new Set<string>();
  return (message) => {
    const topic = template.write(message);
    if (known.has(topic)) return topic;
    const problem = problemOf(topic, template);
    if (problem !== undefined)
      throw new InvalidMessage(`it cannot be published to "${topic.slice(0, 200)}": ${problem}`);
    if (known.size >= mostKnown) known.clear();
    known.add(topic);
    return topic;
  };
};

const problemOf = (topic: string, { fixed }: MessageTemplate): string | undefined =>
  topic.startsWith('$') && !fixed.startsWith('$')
    ? 'topics that begin with "$" belong to the broker, and no message chooses one'
    : topicProblem(topic);
