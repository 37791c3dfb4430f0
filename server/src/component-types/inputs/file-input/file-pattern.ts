/** Whether a path names several files: `*` stands for any part of a name, `**` for any folders, and a folder ends with "/". */
export const isPattern = (path: string): boolean => path.includes('*') || path.endsWith('/');

/** The folder before the first `*`; empty for the data folder. */
export const folderOfPattern = (path: string): string => {
  const names = path.split('/');
  const first = names.findIndex((name) => name.includes('*'));
  const folder = names.slice(0, first < 0 ? -1 : first).join('/');
  return folder === '' && path.startsWith('/') ? '/' : folder;
};

/** Which files below its folder a pattern means, by their paths from there. */
export const matcherOf = (path: string): ((below: string) => boolean) => {
  const folder = folderOfPattern(path);
  const rest = folder === '' || folder === '/' ? path.replace(/^\//, '') : path.slice(folder.length + 1);
  if (rest === '') return (below) => !below.includes('/');
  const names = rest.split('/');
  const anywhere = names.indexOf('**');
  const first = (anywhere < 0 ? names : names.slice(0, anywhere)).map(nameMatcher);
  const last = (anywhere < 0 ? [] : names.slice(anywhere + 1)).map(nameMatcher);
  return (below) => {
    const found = below.split('/');
    const between = found.length - first.length - last.length;
    const isLong = anywhere < 0 ? between === 0 : between >= (last.length === 0 ? 1 : 0);
    return (
      isLong &&
      first.every((matches, at) => matches(found[at]!)) &&
      last.every((matches, at) => matches(found[first.length + between + at]!))
    );
  };
};

/** What stands between the stars is looked for from left to right, once. */
const nameMatcher = (name: string): ((found: string) => boolean) => {
  const [beginning = '', ...parts] = name.split(/\*+/);
  const end = parts.pop();
  if (end === undefined) return (found) => found === name;
  return (found) => {
    if (found.length < beginning.length + end.length || !found.startsWith(beginning) || !found.endsWith(end))
      return false;
    let at = beginning.length;
    const middle = found.slice(0, found.length - end.length);
    for (const part of parts) {
      const next = middle.indexOf(part, at);
      if (next < 0) return false;
      at = next + part.length;
    }
    return true;
  };
};

/** Why a pattern is none that can be looked for, for people; undefined where it is one. */
export const patternProblem = (path: string): string | undefined => {
  if (!isPattern(path)) return undefined;
  if (folderOfPattern(path) === '/') return 'write a folder before the first "*", such as "/srv/logs/*.csv"';
  const names = path.split('/');
  if (names.includes('..')) return 'a path for several files has no ".."';
  return names.filter((name) => name === '**').length > 1 ? '"**" stands once in a path' : undefined;
};

/** Names that programs give to what they still write, and hidden files. */
export const isUnfinished = (name: string): boolean =>
  /^\.|~$|\.(?:part|partial|filepart|tmp|temp|crdownload|download|swp)$/i.test(name);
