import {
  type MessageTemplate,
  messageTemplateProblem,
  parseMessageTemplate,
} from '../../../component-kit/content/message-template.ts';
import { subjectProblem } from '../../../component-kit/nats/subject.ts';
import { InvalidMessage } from '../../../engine/fault.ts';
import type { Message } from '../../../engine/message.ts';

/** Subjects that are remembered as good, so that they are not looked at again for each message. */
const mostKnown = 1000;
/** Stands for a field while a template is looked at. */
const anyField = 'x';

/** Why a text is no subject with fields in it, for people; undefined where it is one. */
export const subjectTemplateProblem = (text: string): string | undefined => {
  const problem = messageTemplateProblem(text);
  if (problem !== undefined) return problem;
  return subjectProblem(text.replace(/\{\{|\}\}|\{[^{}]*\}/g, (part) => (part.length === 2 ? part[0]! : anyField)));
};

export interface SubjectTemplate {
  /** Whether all messages have the same one. */
  readonly isFixed: boolean;
  /** Throws an InvalidMessage where the fields of a message make none: they bring no wildcards, blanks and control characters. */
  of(message: Message): string;
}

export const subjectTemplate = (text: string): SubjectTemplate => {
  const template = parseMessageTemplate(text);
  if (template.isFixed) return { isFixed: true, of: () => template.fixed };
  const known = new Set<string>();
  const of = (message: Message): string => {
    const subject = template.write(message);
    if (known.has(subject)) return subject;
    const problem = problemOf(subject, template);
    if (problem !== undefined)
      throw new InvalidMessage(`it cannot be published to "${subject.slice(0, 200)}": ${problem}`);
    if (known.size >= mostKnown) known.clear();
    known.add(subject);
    return subject;
  };
  return { isFixed: false, of };
};

const problemOf = (subject: string, { fixed }: MessageTemplate): string | undefined =>
  /^(?:\$|_INBOX\.)/.test(subject) && !/^(?:\$|_INBOX\.)/.test(fixed)
    ? 'subjects that begin with "$" or "_INBOX" belong to the server, and no message chooses one'
    : subjectProblem(subject);
