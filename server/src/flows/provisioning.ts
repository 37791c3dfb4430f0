import { readdir } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { Injectable, Logger } from '@nestjs/common';
import {
  changesBetween,
  excessOf,
  type Finding,
  type Flow,
  FlowDocument,
  idFrom,
  isError,
  placeOf,
  schemaFindings,
} from '@semstreams/contract';
import { lostNumber } from '../engine/exact-number.ts';
import { sayLost } from '../web/body-pipe.ts';
import { Catalogue } from '../component-kit/catalogue.ts';
import { Settings } from '../config/settings.ts';
import { sentenceOf } from '../engine/fault.ts';
import { DoesNotAnswer, patientLooks } from '../machine/patient-look.ts';
import { readOrdinary } from '../machine/read-ordinary.ts';
import { NatsAway } from '../nats/connection/nats-away.ts';
import { Quarantine } from '../nats/storage/quarantine.ts';
import { jsonExcess, mostJsonBytes } from '../web/json-body.ts';
import { Checker } from './checker.ts';
import { Deployer } from './deployer.ts';
import { Drafts } from './drafts.ts';
import { Versions } from './versions.ts';

/** How soon a folder on a drive that does not answer is looked at again, in milliseconds. */
const lookAgainMs = 30_000;

/** Imports and deploys the files of the flows folder at start. A file that changed updates its flow; a broken one is named. */
@Injectable()
export class Provisioning {
  private readonly log = new Logger(Provisioning.name);

  constructor(
    private readonly settings: Settings,
    private readonly drafts: Drafts,
    private readonly versions: Versions,
    private readonly deployer: Deployer,
    private readonly checker: Checker,
    private readonly catalogue: Catalogue,
    private readonly quarantine: Quarantine,
  ) {}

  /** Where there is such a folder. What cannot be done while NATS or the drive of the folder is away is done when it is there. */
  begin(): void {
    const folder = this.settings.values.flows_dir;
    if (folder !== '') void this.provision(folder, patientLooks(folder));
  }

  private async provision(folder: string, patiently: Patiently): Promise<void> {
    const again = (afterMs: number): void =>
      void setTimeout(() => void this.provision(folder, patiently), afterMs).unref();
    const fileOf = new Map<string, string>();
    for (const path of await this.filesIn(folder, patiently, again)) {
      try {
        const text = await patiently(async () => readOrdinary(path, mostJsonBytes));
        const flow = flowIn(text, path);
        const other = fileOf.get(flow.id);
        if (other !== undefined) throw new Error(`the flow "${flow.id}" is made from "${other}" already: ${ownId}`);
        fileOf.set(flow.id, basename(path));
        await this.provisionFile(path, flow);
        this.quarantine.note(path, undefined);
      } catch (thrown) {
        if (thrown instanceof NatsAway) return again(1000);
        this.quarantine.note(path, sentenceOf(thrown));
        if (thrown instanceof DoesNotAnswer) return again(lookAgainMs);
      }
    }
  }

  private async filesIn(folder: string, patiently: Patiently, again: (afterMs: number) => void): Promise<string[]> {
    try {
      const names = (await patiently(async () => readdir(folder))).filter((name) => name.endsWith('.json'));
      this.quarantine.note(folder, undefined);
      return names.sort().map((name) => join(folder, name));
    } catch (thrown) {
      this.quarantine.note(folder, `the folder of flows cannot be read: ${sentenceOf(thrown)}`);
      if (thrown instanceof DoesNotAnswer) again(lookAgainMs);
      return [];
    }
  }

  private async provisionFile(path: string, flow: Flow): Promise<void> {
    const wrong = (await this.checker.check(flow)).find(isError);
    if (wrong) throw new Error(wayOut(wrong));
    const note = `from ${basename(path)}`;
    if (await this.isKnown(flow, note)) return;
    await this.drafts.save(flow, (await this.drafts.look(flow.id))?.revision ?? 0);
    const { version } = await this.deployer.deploy(flow.id, { note, discardWaiting: true });
    this.log.log({ msg: 'flow deployed from its file', flow: flow.id, version, file: path });
  }

  /** Whether this very file was deployed before: what people did to the flow since then stays. */
  private async isKnown(flow: Flow, note: string): Promise<boolean> {
    const last = (await this.versions.list(flow.id)).find((version) => version.note === note);
    const version = last && (await this.versions.get(flow.id, last.version));
    return version !== undefined && changesBetween(version.flow, flow, this.catalogue.checkedTypes()).length === 0;
  }
}

const ownId = 'give this one an "id" of its own in its file, of a-z, 0-9, "-" and "_"';

type Patiently = ReturnType<typeof patientLooks>;

/** The flow of a file. Id and name are made from the file's name where they are left out. Throws an Error that says where it is wrong. */
const flowIn = (text: string, path: string): Flow => {
  const tooMuch = jsonExcess(text);
  if (tooMuch !== undefined) throw new Error(tooMuch);
  const document: unknown = JSON.parse(text);
  const lost = lostNumber(text);
  if (lost !== undefined) throw new Error(sayLost(lost));
  const excess = excessOf(document);
  if (excess) throw new Error(`${placeOf(excess.path)}: ${excess.sentence}`);
  const parsed = FlowDocument.safeParse(document);
  if (!parsed.success) {
    throw new Error(wayOut(schemaFindings(parsed.error, FlowDocument, document, [])[0]!));
  }
  const name = basename(path, '.json');
  return { ...parsed.data, id: parsed.data.id ?? idFrom(name), name: parsed.data.name ?? name };
};

const wayOut = ({ place, sentence, hint }: Finding): string => `${place}: ${sentence}${hint ? `; ${hint}` : ''}`;
