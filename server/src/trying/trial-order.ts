import type { FlowDocument, Trial, TypeFacts } from '@semstreams/contract';
import type { Reach } from '../reach/reach.ts';

/** A message as the process takes it: the payload as JSON, or bytes as base64. */
export interface GivenMessage {
  readonly json?: string;
  readonly base64?: string;
  readonly headers: Readonly<Record<string, string>>;
  /** Milliseconds since 1970. */
  readonly time: number;
}

/** What the process of a trial is told. */
export interface TrialOrder {
  readonly flow: Pick<FlowDocument, 'components' | 'connections'>;
  /** What is known of the types of the flow; only those of processors are loaded. */
  readonly types: Readonly<Record<string, Pick<TypeFacts, 'title' | 'category' | 'ports' | 'opens'>>>;
  readonly at: { readonly component: string; readonly port: string };
  /** The oldest first. */
  readonly messages: readonly GivenMessage[];
  readonly dataDir: string;
  readonly secretsDir: string;
  readonly reach: Reach;
  /** Files of component types that do not come with the product, by type. */
  readonly ownComponents: Readonly<Record<string, string>>;
}

/** What came of it; findings are of the server. */
export type TrialOutcome = Omit<Trial, 'findings' | 'at'>;

export type FromTrial =
  /** This component is at work, if it never comes back. */
  | { readonly kind: 'at'; readonly component: string }
  | { readonly kind: 'done'; readonly outcome: TrialOutcome }
  | { readonly kind: 'failed'; readonly sentence: string };
