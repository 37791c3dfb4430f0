import { z } from 'zod';
import { spaced } from './json-bounds.ts';

/** Something wrong with a draft. `place` is a path into the document, such as `components[1].config.rules[0].operator`. */
export const Finding = z
  .strictObject({
    severity: z.enum(['error', 'warning']),
    code: z.string().meta({ description: 'Stable, for programs: "unknown_type", "wrong_value", …' }),
    place: z.string(),
    component: z.string().optional().meta({ description: 'Id of the component it is about.' }),
    field: z.string().optional().meta({ description: 'Path inside that component’s config.' }),
    sentence: z.string(),
    hint: z.string().optional(),
    instead: z.string().optional().meta({
      description: 'What may have been meant at that place, where it can be told; of an unknown key, its name.',
    }),
  })
  .meta({ id: 'Finding' });
export type Finding = z.infer<typeof Finding>;

export const isError = (finding: Finding): boolean => finding.severity === 'error';

/** How many findings are told; of the others only their number. */
export const mostFindings = 100;

/** Findings in their order. Those that nobody will read are counted and never put into words. */
export class FindingList {
  private readonly told: Finding[] = [];
  private readonly untold = { error: 0, warning: 0 };

  add(severity: Finding['severity'], tell: () => Omit<Finding, 'severity'>): void {
    if (this.told.length < mostFindings) this.told.push({ severity, ...tell() });
    else this.untold[severity] += 1;
  }

  /** Counts findings of one kind that come after what is told anyway. */
  count(severity: Finding['severity'], number: number): void {
    this.untold[severity] += number;
  }

  get isFull(): boolean {
    return this.told.length >= mostFindings;
  }

  all(): Finding[] {
    const { error, warning } = this.untold;
    if (error + warning === 0) return this.told;
    const sentence = `and ${spaced(error + warning)} more`;
    return [...this.told, { severity: error > 0 ? 'error' : 'warning', code: 'more_findings', place: '', sentence }];
  }
}

/** Longest part of a place that is shown whole. */
const longestPart = 80;

/** `['components', 1, 'config', 'rules', 0]` as `components[1].config.rules[0]`. */
export const placeOf = (path: readonly PropertyKey[]): string =>
  path.reduce<string>((place, key) => {
    if (typeof key === 'number') return `${place}[${key}]`;
    const text = String(key);
    const part = text.length > longestPart ? `${text.slice(0, longestPart)}…` : text;
    return place === '' ? part : `${place}.${part}`;
  }, '');
