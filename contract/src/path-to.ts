/** What means something in a path, so that a name which holds it stands in quotes. */
const special = /[.[\]"\\@\s]/;

/** The path to a field by its name, as settings write it: below `within`, or at the top where that is empty. */
export const pathTo = (within: string, name: string): string => {
  if (name === '' || special.test(name)) return `${within}["${name.replace(/["\\]/g, '\\$&')}"]`;
  return within === '' ? name : `${within}.${name}`;
};
