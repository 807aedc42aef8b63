/** A batch of codes of a template, made as an operator does it. */
import type { Batch } from '../../src/issue/batch.types.js';
import type { BatchRequest } from '../../src/issue/rules/read-batch-request.js';
import { operator, type World } from './world.js';

let batches = 0;

export async function makeBatch(
  { app }: Pick<World, 'app'>,
  templateId: string,
  count: number,
  more: Partial<BatchRequest> = {},
): Promise<Batch> {
  const idempotencyKey = `batch-${(batches += 1)}`;
  const made = await app.codes.generate.run(operator, {
    templateId,
    count,
    idempotencyKey,
    ...more,
  });
  if (!made.ok) throw new Error(made.rejection.code);
  return made.value;
}

/** The codes of a batch as operators see them. */
export async function codesOf({ app }: Pick<World, 'app'>, batch: Batch): Promise<string[]> {
  return (await app.codes.read.codes(batch, 0, batch.total)).map(({ code }) => code);
}
