import packageJson from '../../package.json' with { type: 'json' };

/** The commit that was built, put in by the build; absent where nobody knew it. */
const commit: string | undefined = import.meta.env?.['SEMSTREAMS_COMMIT'] || undefined;

/** Version and commit of the product, and when this process started. */
export const about = {
  version: `v${packageJson.version}`,
  commit,
  startedAt: new Date(Date.now() - process.uptime() * 1000),
};
