/**
 * GET /batches/ID/codes.csv: all codes of a batch for operators, as a stream.
 *
 * Promises: nobody without the scope of the batch's field in the graph, nor without the router's proof in
 * production, learns even whether it is there. Memory holds one page, whoever reads as slowly as he likes; a
 * reader who stands still is let go. `?from=N` goes on where a download ended.
 */
import { Readable } from 'node:stream';
import { stringify } from 'csv-stringify/sync';
import type { FastifyInstance, FastifyReply } from 'fastify';
import { GraphQLError } from 'graphql';
import type { Logger } from 'pino';
import { DOWNLOAD_IDLE_MS, DOWNLOAD_PAGE, DOWNLOADS_MAX } from '../config/limits.js';
import type { Batch } from '../issue/batch.types.js';
import type { Codes } from '../issue/create-codes.js';
import { NotAllowed, NotAuthenticated } from '../kernel/caller.js';
import type { Authenticate } from './authenticate.js';

export interface CodesRouteParts {
  readonly authenticate: Authenticate;
  readonly codes: Codes;
  readonly log: Logger;
  readonly isDraining: () => boolean;
}

export function serveCodes(server: FastifyInstance, parts: CodesRouteParts): void {
  const { authenticate, codes, log, isDraining } = parts;
  let running = 0;
  server.get<{ Params: { id: string }; Querystring: { from?: string } }>(
    '/batches/:id/codes.csv',
    async (request, reply) => {
      const { id } = request.params;
      let batch: Batch | null;
      try {
        // What a router signs of an operation stands here for the path: no document reads like it.
        const body = { query: `GET /batches/${id}/codes.csv` };
        const arrival = { headers: request.headers, ip: request.ip, body };
        const { caller } = await authenticate.context(arrival, request.id);
        batch = await codes.read.byId(caller, id);
      } catch (error) {
        return refuse(reply, ...told(error, log));
      }
      if (batch === null) return refuse(reply, 404, 'BATCH_NOT_FOUND');
      const from = Number(request.query.from ?? 0);
      if (!Number.isSafeInteger(from) || from < 0) return refuse(reply, 400, 'BAD_USER_INPUT');
      if (running >= DOWNLOADS_MAX || isDraining()) return refuse(reply, 503, 'OVERLOADED');
      running += 1;
      log.info({ batchId: id, from }, 'codes are downloaded');
      const lines = Readable.from(pages(codes, batch, from, isDraining), { objectMode: false });
      lines.once('close', () => (running -= 1));
      reply.raw.setTimeout(DOWNLOAD_IDLE_MS, () => lines.destroy(new Error('nobody reads')));
      return reply
        .type('text/csv; charset=utf-8')
        .header('content-disposition', `attachment; filename="codes-${batch.batchNo}.csv"`)
        .header('cache-control', 'no-store')
        .send(lines);
    },
  );
}

/** A stream that is broken off ends without its last chunk, so that its reader knows. */
async function* pages(
  codes: Codes,
  batch: Batch,
  first: number,
  isDraining: () => boolean,
): AsyncGenerator<string> {
  yield 'code,claimedBy,claimedAt\n';
  for (let from = first; ; from += DOWNLOAD_PAGE) {
    if (isDraining()) throw new Error('the process is leaving');
    const page = await codes.read.codes(batch, from, DOWNLOAD_PAGE);
    if (page.length === 0) return;
    const rows = page.map(({ code, claimedBy, claimedAtMs }) => [
      code,
      claimedBy,
      claimedAtMs === null ? null : new Date(claimedAtMs).toISOString(),
    ]);
    // A user id may begin like a formula; a spreadsheet must not run it.
    yield stringify(rows, { escape_formulas: true });
  }
}

function told(error: unknown, log: Logger): [status: number, code: string] {
  if (error instanceof NotAuthenticated) return [401, 'UNAUTHENTICATED'];
  if (error instanceof NotAllowed) return [403, 'FORBIDDEN'];
  if (error instanceof GraphQLError) {
    const { code, http } = error.extensions as { code?: string; http?: { status?: number } };
    return [http?.status ?? 401, code ?? 'UNAUTHENTICATED'];
  }
  log.warn({ err: error }, 'codes could not be read');
  return [503, 'UNAVAILABLE'];
}

function refuse(reply: FastifyReply, status: number, code: string): FastifyReply {
  return reply.code(status).send({ errors: [{ message: code, extensions: { code } }] });
}
