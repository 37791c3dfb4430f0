import packageJson from '../../package.json' with { type: 'json' };

/** Version of the product, and when this process started. */
export const about = { version: `v${packageJson.version}`, startedAt: new Date(Date.now() - process.uptime() * 1000) };
