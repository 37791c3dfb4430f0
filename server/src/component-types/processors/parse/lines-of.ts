import type { Line } from '../../../component-kit/content/cut-lines.ts';

/** The lines of a text, which end with LF, with CR LF, or with CR where there is no LF. */
export function* linesOf(text: string): Iterable<Line> {
  const isReturned = !text.includes('\n') && text.includes('\r');
  const mark = isReturned ? '\r' : '\n';
  let number = 0;
  for (let start = 0, end; start < text.length; start = end + 1) {
    end = text.indexOf(mark, start);
    const isLast = end < 0;
    if (isLast) end = text.length;
    number += 1;
    const hasReturn = !isReturned && text.charCodeAt(end - 1) === 0x0d && end > start;
    yield {
      text: text.slice(start, hasReturn ? end - 1 : end),
      number,
      length: end - start + 1,
      end: isReturned ? '\r' : hasReturn ? '\r\n' : '\n',
    };
  }
}
