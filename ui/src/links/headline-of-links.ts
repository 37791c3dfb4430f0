import type { Link } from '@semstreams/contract';

/** All links in one sentence: how many far sides there are, and who of them is away. */
export const headlineOfLinks = (links: readonly Link[]): string => {
  const all = links.flatMap(({ far_sides }) => far_sides);
  const away = all.filter(({ is_there }) => !is_there);
  const alone = links.filter(({ far_sides }) => far_sides.length === 0).length;
  if (links.length === 0) return 'No flow that runs sends to another location, or gets anything from one.';
  const there = `${all.length - away.length} of ${all.length} far side${all.length === 1 ? '' : 's'} connected`;
  const gone =
    away.length === 0
      ? ''
      : `, ${away
          .map(({ name }) => `“${name}”`)
          .slice(0, 3)
          .join(', ')} away`;
  const none =
    alone === 0
      ? ''
      : `${all.length === 0 ? '' : ', '}${alone} link${alone === 1 ? '' : 's'} with nobody at the other end`;
  return `${all.length === 0 ? '' : `${there}${gone}`}${none}.`;
};
