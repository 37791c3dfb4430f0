import { SetupError } from './say.mjs';

const oldest = [20, 19];

/** Throws a SetupError where Node is too old. */
export const checkNode = (version = process.versions.node) => {
  const [major, minor] = version.split('.').map(Number);
  if (major > oldest[0] || (major === oldest[0] && minor >= oldest[1])) return;
  throw new SetupError(`Node ${version} is too old: ${oldest.join('.')} or newer is needed`);
};
