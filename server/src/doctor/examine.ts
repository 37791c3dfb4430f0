import type { Installation, Verdict } from './check.ts';
import { checks, reminders } from './checks.ts';

/** What was found, for people by `text` and for programs as JSON. */
export class Report {
  constructor(
    readonly checks: readonly ({ readonly id: string; readonly title: string } & Verdict)[],
    readonly reminders: readonly string[],
  ) {}

  get failed(): number {
    return this.count('failed');
  }

  toJSON() {
    return {
      passed: this.count('passed'),
      warnings: this.count('warning'),
      failed: this.failed,
      checks: this.checks,
      reminders: this.reminders,
    };
  }

  text(): string {
    const width = Math.max(...this.checks.map(({ title }) => title.length));
    const lines = this.checks.flatMap(({ state, title, sentence, hint }) => [
      `${words[state]}  ${title.padEnd(width)}  ${sentence}`,
      ...(hint === undefined ? [] : [`${' '.repeat(words[state].length + width + 4)}→ ${hint}`]),
    ]);
    return [
      ...lines,
      '',
      'See yourself that:',
      ...this.reminders.map((reminder) => `- ${reminder}`),
      '',
      `${this.count('passed')} passed, ${this.count('warning')} warnings, ${this.failed} failed`,
    ].join('\n');
  }

  private count(state: Verdict['state']): number {
    return this.checks.filter((check) => check.state === state).length;
  }
}

const words = { passed: 'passed ', warning: 'warning', failed: 'FAILED ' } as const;

/** Goes through the whole checklist. */
export const examine = async (installation: Installation): Promise<Report> =>
  new Report(
    await Promise.all(checks.map(async ({ id, title, run }) => ({ id, title, ...(await run(installation)) }))),
    reminders,
  );
