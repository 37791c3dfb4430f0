import { Controller, Get, Query, Res } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiProduces } from '@nestjs/swagger';
import { durationPattern, History, HistoryFigure, parseDuration, paths } from '@semstreams/contract';
import type { FastifyReply } from 'fastify';
import { z } from 'zod';
import { mayTouch, type Principal } from '../access/principal.ts';
import { Asker } from '../web/asker.ts';
import { HttpProblem } from '../web/problems.ts';
import { askHistory } from './ask-history.ts';
import { Historian } from './historian.ts';
import { historyCsv } from './history-csv.ts';
import { momentOf, TimeWords } from './time-words.ts';

const dayMs = 86_400_000;
const yearMs = 366 * dayMs;

const HistoryQuery = z.object({
  flow: z.string().optional().meta({ description: 'Only this flow; without it, all flows together and the server.' }),
  component: z.string().optional().meta({ description: 'Only this component of the flow.' }),
  each: z.enum(['flow', 'component']).optional().meta({
    description: 'A series for each flow, or for each component of the flow, in place of one for all.',
  }),
  figure: z
    .string()
    .default('in,out')
    .meta({ description: 'What to tell, with commas between: see the figures of the answer. `in,out` without it.' }),
  from: TimeWords.default('1h').meta({ description: 'When it begins, as a time or as how long ago, such as `24h`.' }),
  to: TimeWords.default('0s').meta({ description: 'When it ends; without it, now.' }),
  step: z.string().regex(durationPattern, 'write a duration such as "10s", "5m" or "1h"').optional().meta({
    description:
      'Time from one value to the next, such as `5m`. Kept are 10 s for a day, 1 min for 30 days, 1 h for a year: where it is finer than what is kept, the answer is as fine as that.',
  }),
  format: z.enum(['json', 'csv']).default('json').meta({ description: '`csv`: a table for spreadsheets.' }),
});
type HistoryQuery = z.infer<typeof HistoryQuery>;

@Controller(paths.history)
export class HistoryController {
  constructor(private readonly historian: Historian) {}

  @Get()
  @ApiProduces('application/json', 'text/csv')
  @ApiOperation({
    summary: 'How flows did over time',
    description:
      'Rates, what waited, latencies, memory and CPU of flows, components and the server, for up to a year back.',
  })
  @ApiOkResponse({ standardSchema: History })
  async ask(
    @Query({ schema: HistoryQuery }) query: HistoryQuery,
    @Asker() asker: Principal,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<History | string> {
    const { flow, component, each, step, format } = query;
    const { store, clock } = this.historian;
    if (!clock) throw new HttpProblem(503, 'history is being read; ask again in a moment');
    const now = clock.shown(clock.now());
    const answer = await askHistory(store, clock, {
      ...{ flow, component, each },
      from: Math.max(momentOf(query.from, now), now - yearMs),
      to: Math.min(momentOf(query.to, now), now),
      stepMs: step === undefined ? undefined : parseDuration(step),
      figures: query.figure.split(',').map(figureOf),
      isSeen: (each) => mayTouch(asker, each),
    });
    if (format === 'json') return answer;
    void reply.type('text/csv; charset=utf-8').header('content-disposition', 'attachment; filename="history.csv"');
    return historyCsv(answer);
  }
}

const figureOf = (name: string): HistoryFigure => {
  const found = HistoryFigure.safeParse(name.trim()).data;
  if (found) return found;
  const hint = `there are ${HistoryFigure.options.join(', ')}`;
  const sentence = `"${name.slice(0, 80)}" is no figure of history`;
  throw new HttpProblem(400, `${sentence}: ${hint}`, [
    { severity: 'error', code: 'wrong_value', place: 'figure', sentence, hint },
  ]);
};
