import { Body, Controller, Delete, Get, Headers, HttpCode, Param, Post, Put, Query, Res } from '@nestjs/common';
import { ApiHeader, ApiOkResponse, ApiOperation, ApiResponse } from '@nestjs/swagger';
import {
  Finding,
  type Flow,
  FlowDocument,
  GivenName,
  Id,
  pageOf,
  paths,
  StoredFlow,
  Version,
  VersionSummary,
} from '@semstreams/contract';
import type { FastifyReply } from 'fastify';
import { z } from 'zod';
import { asDocument, lostIn } from '../web/body-pipe.ts';
import { flag, wholeNumber } from '../web/address-words.ts';
import { isLimited, mayTouch, type Principal } from '../access/principal.ts';
import { Asker } from '../web/asker.ts';
import { type Tell, TellAudit } from '../web/deeds.ts';
import { listing } from '../web/listing.ts';
import { HttpProblem } from '../web/problems.ts';
import { withoutRevision } from './as-it-came.ts';
import { Editing } from './editing.ts';
import { FlowList, FlowPage, PageQuery } from './flow-list.ts';

const Findings = z.strictObject({ findings: z.array(Finding) }).meta({ id: 'Findings' });
type Findings = z.infer<typeof Findings>;
const VersionList = pageOf(VersionSummary, 'VersionList');
type VersionList = z.infer<typeof VersionList>;
const versions = listing<VersionSummary>()({
  sorts: { version: ({ version }) => version, deployed_at: ({ deployed_at: at }) => at },
  usual: '-version',
  id: ({ version }) => String(version),
  texts: ({ version, note }) => [String(version), note],
});
type VersionsQuery = z.infer<typeof versions.query>;
const VersionNumber = wholeNumber(z.int().min(1));
const Restoration = z
  .strictObject({
    version: z.int().min(1).optional().meta({ description: 'Where it is left out, the one that runs or last ran.' }),
  })
  .optional()
  .meta({ id: 'Restoration' });
type Restoration = z.infer<typeof Restoration>;
const NameQuery = z.object({
  name: GivenName.optional().meta({
    description: 'Name, and what the id is made from, where the document has none.',
  }),
});
type NameQuery = z.infer<typeof NameQuery>;

const RemovalQuery = z.object({
  dry_run: flag.meta({ description: 'Delete nothing: only say by 409 what would be lost, also of a flow that runs.' }),
  discard_waiting: flag.meta({ description: 'Delete it with what waits in its buffers and the places of receivers.' }),
});
type RemovalQuery = z.infer<typeof RemovalQuery>;

/** What the server gave comes back as it is: `revision` is taken and left aside, "If-Match" says it. */
const given = { revision: z.int().optional().meta({ description: 'As it came; "If-Match" is what counts.' }) };
const NewFlow = asDocument(
  FlowDocument.extend(given)
    .transform(({ revision: _, ...document }): FlowDocument => document)
    .meta({ id: 'NewFlow' }),
);
const ChangedFlow = asDocument(
  FlowDocument.extend({ id: Id, name: GivenName, ...given })
    .transform(({ revision: _, ...flow }): Flow => flow)
    .meta({ id: 'ChangedFlow' }),
);
const AnyDocument = z
  .unknown()
  .refine((document) => document !== undefined, 'send the document as the body')
  .meta({ id: 'AnyDocument', description: 'Any JSON value.' });

const tags = '^([*]|(W/)?"?[0-9]+"?( *, *(W/)?"?[0-9]+"?)*)$';
/** Refuses by 412 where somebody changed the draft since. */
export const builtOn = {
  name: 'If-Match',
  required: false,
  description:
    'The revision that this builds on, as its ETag, several of them, or * for whatever is there; refused by 412 where none is the present one.',
  schema: { type: 'string', pattern: tags, example: '"7"' },
} as const;

@Controller(paths.flows)
export class FlowsController {
  constructor(
    private readonly editing: Editing,
    private readonly list: FlowList,
  ) {}

  @Get()
  @ApiOperation({ summary: 'All flows, without what is inside' })
  @ApiOkResponse({ standardSchema: FlowPage })
  page(@Query({ schema: PageQuery }) query: PageQuery, @Asker() asker: Principal): Promise<FlowPage> {
    return this.list.page(query, (flow) => mayTouch(asker, flow));
  }

  @Post()
  @ApiOperation({ summary: 'Keep a new flow; id and name are made where they are left out' })
  @ApiResponse({ status: 201, standardSchema: StoredFlow })
  async create(
    @Body({ schema: NewFlow }) document: FlowDocument,
    @Query({ schema: NameQuery }) { name }: NameQuery,
    @Asker() asker: Principal,
    @Res({ passthrough: true }) reply: FastifyReply,
    @TellAudit() tell: Tell,
  ): Promise<StoredFlow> {
    if (isLimited(asker) && !mayTouch(asker, document.id ?? ''))
      throw new HttpProblem(403, `give the flow an id that ${asker.who} may reach: ${asker.scopes.flat().join(', ')}`);
    const stored = await this.editing.create(document, name);
    void reply.header('location', paths.flow(stored.id));
    tell({ flow: stored.id });
    return tagged(stored, reply);
  }

  @Post('validate')
  @HttpCode(200)
  @ApiOperation({ summary: 'What is wrong with a document, saved or not' })
  @ApiOkResponse({ standardSchema: Findings })
  async validate(@Body({ schema: AnyDocument }) given: unknown, @Asker() asker: Principal): Promise<Findings> {
    const document = withoutRevision(given);
    const found = await this.editing.check(document, (flow) => mayTouch(asker, flow));
    return { findings: [...lostIn(document), ...found] };
  }

  @Get(':id')
  @ApiOperation({ summary: 'A flow as it is edited' })
  @ApiHeader({
    name: 'If-None-Match',
    required: false,
    description: 'Answered by 304 where it is the present ETag.',
    schema: { type: 'string', example: '"7"' },
  })
  @ApiOkResponse({ standardSchema: StoredFlow })
  @ApiResponse({ status: 304, description: 'It is as it was.' })
  async get(
    @Param('id') id: string,
    @Headers('if-none-match') known: string | undefined,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<StoredFlow | undefined> {
    const flow = tagged(await this.editing.get(id), reply);
    if (!isKnownRevision(known, flow.revision)) return flow;
    void reply.status(304);
    return undefined;
  }

  @Put(':id')
  @ApiOperation({
    summary: 'Make a flow what the body says: a new one, or one that nobody changed meanwhile',
    description:
      'Without a precondition it makes the flow where there is none, and leaves one that is the same as it is; one that is another is refused by 428. `If-Match` names the revision that the change builds on, or `*` for whatever is there. `If-None-Match: *` makes it only where there is none.',
  })
  @ApiHeader({
    ...builtOn,
    description: 'The revision that the change builds on, as its ETag, several of them, or * for whatever is there.',
  })
  @ApiHeader({
    name: 'If-None-Match',
    required: false,
    description: 'With * it is made only where there is none; refused by 412 otherwise.',
    schema: { type: 'string', enum: ['*'] },
  })
  @ApiOkResponse({ standardSchema: StoredFlow })
  @ApiResponse({ status: 201, standardSchema: StoredFlow, description: 'It was not there, and is now.' })
  async save(
    @Param('id') id: string,
    @Headers('if-match') ifMatch: string | undefined,
    @Headers('if-none-match') ifNoneMatch: string | undefined,
    @Body({ schema: ChangedFlow }) flow: Flow,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<StoredFlow> {
    const { isNew, stored } = await this.editing.save(id, flow, { ifMatch, ifNoneMatch });
    if (isNew) void reply.status(201).header('location', paths.flow(id));
    return tagged(stored, reply);
  }

  @Delete(':id')
  @HttpCode(204)
  @ApiOperation({
    summary: 'Delete a flow that does not run, with its versions',
    description:
      'Refused by 409 where messages wait in its buffers or receivers have places there, which would be lost.',
  })
  @ApiHeader(builtOn)
  @ApiResponse({ status: 204 })
  async remove(
    @Param('id') id: string,
    @Headers('if-match') ifMatch: string | undefined,
    @Query({ schema: RemovalQuery }) { dry_run: dryRun, discard_waiting: discardWaiting }: RemovalQuery,
    @TellAudit() tell: Tell,
  ): Promise<void> {
    await this.editing.remove(id, { ifMatch, discardWaiting, dryRun });
    if (dryRun) tell({ flow: id, detail: 'a dry run: nothing was changed' });
  }

  @Get(':id/versions')
  @ApiOperation({ summary: 'What was deployed, newest first' })
  @ApiOkResponse({ standardSchema: VersionList })
  async versions(
    @Param('id') id: string,
    @Query({ schema: versions.query }) query: VersionsQuery,
  ): Promise<VersionList> {
    return versions.page(await this.editing.versionsOf(id), query);
  }

  @Get(':id/versions/:version')
  @ApiOperation({ summary: 'One version, whole' })
  @ApiOkResponse({ standardSchema: Version })
  version(@Param('id') id: string, @Param('version', { schema: VersionNumber }) version: number): Promise<Version> {
    return this.editing.version(id, version);
  }

  @Post(':id/restore')
  @HttpCode(200)
  @ApiOperation({ summary: 'Make an older version the draft; what runs stays as it is' })
  @ApiHeader(builtOn)
  @ApiOkResponse({ standardSchema: StoredFlow })
  async restore(
    @Param('id') id: string,
    @Headers('if-match') revision: string | undefined,
    @Body({ schema: Restoration }) wanted: Restoration,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<StoredFlow> {
    return tagged(await this.editing.restore(id, wanted?.version, revision), reply);
  }
}

const tagged = (flow: StoredFlow, reply: FastifyReply): StoredFlow => {
  void reply.header('etag', `"${flow.revision}"`);
  return flow;
};

/** Whether `If-None-Match` names a revision: `"12"`, `W/"12"`, some of them, or `*` for any. */
const isKnownRevision = (ifNoneMatch: string | undefined, revision: number): boolean =>
  ifNoneMatch?.split(',').some((tag) => ['*', `"${revision}"`].includes(tag.trim().replace(/^W\//, ''))) ?? false;
