/** Looks whether the promises hold in all that there is, on a connection whose statements may take as long as that needs. */
import type { Installation } from '../installation.js';
import { systemClock } from '../kernel/clock.js';
import { verify, type Verdict } from '../upkeep/verify.js';

type Stores = Pick<Installation, 'readPatiently' | 'redis'>;

export async function verifyPatiently({ readPatiently, redis }: Stores): Promise<Verdict> {
  const database = await readPatiently();
  try {
    return await verify({ database, redis, clock: systemClock });
  } finally {
    await database.close();
  }
}
