import type { LoadedSettings } from './config/load-settings.ts';
import { readSettings } from './config/read-settings.ts';
import { SettingsError } from './config/settings-error.ts';
import type { Settings } from './config/settings.ts';
import { watchFiles } from './config/watch-files.ts';
import type { Log } from './observability/logger.ts';
import { type Certificate, readCertificate } from './web/certificate.ts';

export interface Reloading {
  readonly settings: Settings;
  readonly loaded: LoadedSettings;
  readonly configOption: string | undefined;
  readonly log: Pick<Log, 'log' | 'warn' | 'error' | 'setLevel'>;
  /** Called with a certificate that differs from the one in use. Connections that exist keep theirs. */
  readonly useCertificate: (certificate: Certificate) => void;
}

/**
 * Takes settings and certificates anew on SIGHUP, and when one of their files changes. What cannot be used is named in the
 * log and changes nothing. Returns how to end that.
 */
export const reloadOnChange = ({ settings, loaded, configOption, log, useCertificate }: Reloading): (() => void) => {
  let shown = settings.values.tls.enabled ? readCertificate(settings.values.tls) : undefined;
  let unwatch = (): void => undefined;

  const watch = (files: readonly string[]) => {
    unwatch();
    const { enabled, cert_file, key_file } = settings.values.tls;
    unwatch = watchFiles([...files, ...(enabled ? [cert_file, key_file] : [])], reload);
  };
  const takeSettings = () => {
    const next = readSettings(configOption);
    const { taken, waiting } = settings.take(next.values);
    if (taken.length > 0) log.log({ msg: 'settings were changed and are in force', settings: taken });
    if (waiting.length > 0) log.warn({ msg: 'settings were changed and need a restart', settings: waiting });
    log.setLevel(settings.values.log_level);
    watch(next.files);
  };
  const takeCertificate = () => {
    if (shown === undefined) return;
    const next = readCertificate(settings.values.tls);
    if (next.cert === shown.cert && next.key === shown.key) return;
    useCertificate(next);
    shown = next;
    log.log({ msg: 'the certificate was taken anew', valid_to: next.validTo.toISOString() });
  };
  const reload = () => {
    for (const take of [takeSettings, takeCertificate])
      try {
        take();
      } catch (thrown) {
        if (!(thrown instanceof SettingsError)) throw thrown;
        log.error({ msg: 'a change cannot be used; all stays as it was', reason: thrown.message });
      }
  };

  process.on('SIGHUP', reload);
  watch(loaded.files);
  return () => {
    process.off('SIGHUP', reload);
    unwatch();
  };
};
