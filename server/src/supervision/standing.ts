import type { Version } from '@semstreams/contract';
import { readHands } from '../lanes/agreed/hand-file.ts';
import { laneOf, sharedLane } from '../lanes/lanes.ts';
import type { Unclean } from '../lanes/unclean-ends.ts';
import type { FlowRun } from './observed/flow-run.ts';
import type { SupervisedWorld } from './supervised-world.ts';

/** How a flow has ended badly by the present wish, and so in which company it runs when it is started the next time. */
export class Standing {
  private lane: string = sharedLane;

  /** @param revision that of the present wish */
  constructor(
    private readonly flow: string,
    private readonly world: Pick<SupervisedWorld, 'dataDir' | 'unclean' | 'mostUncleanEnds'>,
    private readonly revision: () => number,
  ) {}

  /** How it ended badly before. */
  get unclean(): Unclean | undefined {
    const unclean = this.world.unclean.of(this.flow);
    const isOfThisWish = (unclean?.revision ?? this.revision()) === this.revision();
    return isOfThisWish ? unclean : undefined;
  }

  /** Why it stays stopped, where it has broken down too often in a row. */
  get givenUp(): string | undefined {
    const { unclean } = this;
    if (!unclean || unclean.count < this.world.mostUncleanEnds) return undefined;
    return `it has broken down ${unclean.count} times in a row, the last time because ${unclean.sentence}; it stays stopped until it is started or deployed again: look at what comes in and at its components first`;
  }

  /** One that ended badly is alone after a start of the server, too: the others need not go down with it once more. */
  laneFor({ flow }: Version): string {
    return flow.lane === 'own' || this.unclean ? laneOf(flow.id) : this.lane;
  }

  /** Another version may run with the others. */
  beAmongOthers(): void {
    this.lane = sharedLane;
  }

  /** Nobody knows whether it was this one: it is with fewer others the next time, until it is known. */
  beWith(company: string): void {
    this.lane = company;
  }

  beAlone(): void {
    this.lane = laneOf(this.flow);
  }

  forgive(): void {
    this.world.unclean.clear(this.flow);
  }

  /** It is alone from now on, and what it had in hand is under suspicion. */
  noteBadEnd(run: FlowRun, component: number | undefined, sentence: string): void {
    const { unclean, dataDir } = this.world;
    this.beAlone();
    run.suspect(component, readHands(dataDir, this.flow));
    unclean.add(this.flow, { sentence, revision: this.revision(), hands: { ...run.hands } });
  }
}
