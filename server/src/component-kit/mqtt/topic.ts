/** What MQTT takes for a topic, in bytes of UTF-8. */
const longest = 65_535;

/** Control characters, halves of characters, and what is no character at all: brokers cut the line for them. */
const forbidden = /[\p{Cc}\p{Cs}\p{Noncharacter_Code_Point}]/u;

/** Why nothing can be published to a topic, for people; undefined where it can. */
export const topicProblem = (topic: string): string | undefined => {
  if (topic === '') return 'a topic has at least one character';
  if (/[+#]/.test(topic)) return 'a topic to publish to has no "+" and no "#": those stand for any level';
  return textProblem(topic);
};

/** Why a text is no filter to subscribe to, for people; undefined where it is one. */
export const filterProblem = (filter: string): string | undefined => {
  const own = filterOf(filter);
  if (own === undefined) return 'a shared subscription is written "$share/<group>/<topic>"';
  if (own === '') return 'a topic has at least one character';
  const levels = own.split('/');
  const isOutOfPlace = (level: string, index: number): boolean =>
    level.length > 1 ? /[+#]/.test(level) : level === '#' && index < levels.length - 1;
  if (levels.some(isOutOfPlace)) return '"+" stands for one whole level, "#" for all levels from the last one on';
  return textProblem(filter);
};

const textProblem = (text: string): string | undefined => {
  if (forbidden.test(text)) return 'a topic has no control characters';
  return Buffer.byteLength(text) > longest ? `a topic has ${longest} bytes at most` : undefined;
};

/** What a shared subscription subscribes to; the filter itself where it is none; undefined where it is half of one. */
const filterOf = (filter: string): string | undefined => {
  if (!filter.startsWith('$share/')) return filter;
  return /^\$share\/[^/+#]+\/(.+)$/s.exec(filter)?.[1];
};

/** Whether a topic is one of those that a filter stands for: MQTT 5.0, section 4.7. */
export const matcher = (filter: string): ((topic: string) => boolean) => {
  const own = filterOf(filter) ?? filter;
  if (!/[+#]/.test(own)) return (topic) => topic === own;
  const levels = own.split('/');
  const isWild = levels[0] === '+' || levels[0] === '#';
  return (topic) => {
    if (isWild && topic.startsWith('$')) return false;
    const given = topic.split('/');
    const end = levels.at(-1) === '#' ? levels.length - 1 : undefined;
    if (end === undefined ? given.length !== levels.length : given.length < end) return false;
    return levels.slice(0, end).every((level, index) => level === '+' || level === given[index]);
  };
};
