/** What was told of the coupons of a template, by webhook and in the stream, beside what became of them. */
import { redisKeys } from '../../../src/storage/redis-keys.js';
import type { Receiver } from '../../webhook/receiver.js';
import type { Stage } from '../stage/stage.js';

export interface Told {
  /** By coupon: how many changes it had. */
  readonly versions: ReadonlyMap<string, number>;
  /** By coupon: the changes that were taken, each once, in the order in which they first were. */
  readonly taken: ReadonlyMap<string, readonly number[]>;
  /** The same of the stream, with every entry there is. */
  readonly streamed: ReadonlyMap<string, readonly number[]>;
  /** As many as there were changes. */
  readonly isAll: boolean;
}

type Event = { readonly subject: string; readonly data: Readonly<Record<string, unknown>> };

export async function readTold(
  { database, redis }: Pick<Stage, 'database' | 'redis'>,
  templateId: string,
  receiver: Pick<Receiver, 'taken'>,
): Promise<Told> {
  const rows = await database.rows('SELECT id, version FROM coupon WHERE template_id = ?', [
    templateId,
  ]);
  const versions = new Map(rows.map((row) => [String(row['id']), Number(row['version'])]));
  const entries = await redis.client.xrange(redisKeys.events, '-', '+');
  const streamed = entries.map(([, fields]) => {
    return JSON.parse(fields[fields.indexOf('event') + 1]!) as Event;
  });
  const isOurs = ({ subject }: Event) => versions.has(subject);
  const lists = [receiver.taken(), streamed].map((events) => events.filter(isOurs));
  const changes = [...versions.values()].reduce((sum, version) => sum + version, 0);
  const [taken, inStream] = lists.map(seqsOf);
  return {
    versions,
    taken: taken!,
    streamed: inStream!,
    isAll: lists.every(({ length }) => length >= changes),
  };
}

/** @returns coupons of which not each change was told, once and in its place */
export function wronglyTold({ versions, taken, streamed }: Told): string[] {
  return [...versions].flatMap(([id, version]) => {
    const expected = Array.from({ length: version }, (_, i) => i + 1).join();
    const faces = Object.entries({ 'by webhook': taken, 'in the stream': streamed });
    return faces.flatMap(([where, told]) => {
      const seqs = told.get(id)?.join() ?? 'nothing';
      if (seqs === expected) return [];
      return [`of coupon ${id} was told ${where}: ${seqs}, not ${expected}`];
    });
  });
}

function seqsOf(events: readonly Event[]): Map<string, number[]> {
  const bySubject = Map.groupBy(events, ({ subject }) => subject);
  return new Map(
    [...bySubject].map(([subject, of]) => [subject, of.map(({ data }) => Number(data['seq']))]),
  );
}
