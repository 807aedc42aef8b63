/** What is kept of refusals: few lines, a row a minute, and nobody's name. */
import { pino } from 'pino';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { addDenials, readDenials } from '../../src/guard/denial.store.js';
import { RecordRefusals } from '../../src/guard/record-refusals.js';
import { newId } from '../../src/kernel/ids.js';
import { openStores, type Stores } from '../kit/stores.js';
import { NOW_MS } from './attempt.js';

const MINUTE_MS = 60_000;

describe('refusals', () => {
  let stores: Stores;
  beforeAll(async () => {
    stores = await openStores();
  });
  afterAll(() => stores.close());

  const recordOf = () => {
    const lines: Record<string, unknown>[] = [];
    const told: string[] = [];
    const write = (line: string) => void lines.push(JSON.parse(line) as Record<string, unknown>);
    const record = new RecordRefusals({
      database: stores.database,
      log: pino({ level: 'info' }, { write }),
      onRefusal: (step, code) => void told.push(`${step} ${code}`),
      onSkip: (step) => void told.push(`skip ${step}`),
    });
    return { record, lines, told };
  };

  it('are all counted, and told by one line of each kind for many', () => {
    const { record, lines, told } = recordOf();
    for (let i = 0; i < 1_000; i += 1) record.refused('NETWORK', 'RATE_LIMITED', 'T', NOW_MS);
    record.refused('DEVICE', 'DEVICE_LIMITED', 'T', NOW_MS);
    for (let i = 0; i < 10; i += 1) record.skipped('RISK', new Error('late'));
    expect(told).toHaveLength(1_011);
    expect(
      lines.map(({ step, code, templateId, times, reason }) => [
        step,
        code,
        templateId,
        times,
        reason,
      ]),
    ).toEqual([
      ['NETWORK', 'RATE_LIMITED', 'T', 1, undefined],
      ['DEVICE', 'DEVICE_LIMITED', 'T', 1, undefined],
      ['RISK', undefined, undefined, 1, 'late'],
    ]);
  });

  it('for risk are written down by template and minute, and added up over processes', async () => {
    const [one, other] = [recordOf().record, recordOf().record];
    const [T, U] = [newId(NOW_MS), newId(NOW_MS)];
    const deny = (record: RecordRefusals, templateId: string, nowMs: number) =>
      record.refused('RISK', 'RISK_DENIED', templateId, nowMs);
    for (let i = 0; i < 50; i += 1) deny(one, T, NOW_MS + i * 1_000);
    deny(one, T, NOW_MS + MINUTE_MS);
    deny(one, U, NOW_MS);
    deny(other, T, NOW_MS + MINUTE_MS - 1);
    one.refused('RISK', 'VERIFICATION_REQUIRED', T, NOW_MS);
    await Promise.all([one.drain(), other.drain()]);
    expect(await readDenials(stores.database, T)).toEqual([
      { templateId: T, minuteMs: NOW_MS + MINUTE_MS, denied: 1 },
      { templateId: T, minuteMs: NOW_MS, denied: 51 },
    ]);
    expect(await readDenials(stores.database, U)).toMatchObject([{ denied: 1 }]);
    deny(one, T, NOW_MS + MINUTE_MS);
    await one.drain();
    expect((await readDenials(stores.database, T))[0]).toMatchObject({ denied: 2 });
  });

  it('are lost without harm where MySQL cannot take them', async () => {
    const { record, lines } = recordOf();
    record.refused('RISK', 'RISK_DENIED', 'an id that is far too long for its column', NOW_MS);
    await record.drain();
    expect(lines.at(-1)).toMatchObject({ msg: 'risk denials could not be written down', rows: 1 });
    await expect(
      addDenials(stores.database, [{ templateId: newId(1), minuteMs: NOW_MS, denied: 1 }]),
    ).resolves.toBe(undefined);
  });
});
