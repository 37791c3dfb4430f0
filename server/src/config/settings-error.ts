/** A setting that cannot be used; the message is one line that names it and the way out. */
export class SettingsError extends Error {
  override readonly name = 'SettingsError';
}
