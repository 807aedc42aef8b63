/** Makes the rare steps come: each is the answer to a fault of its own. */
import type { Step } from '../../../src/storage/steps.js';
import { redisKeys } from '../../../src/storage/redis-keys.js';
import type { MysqlProxy } from '../../kit/mysql-proxy.js';
import type { Stage } from '../stage/stage.js';

/** Called again and again while a process waits for its step. */
export async function provoke(stage: Stage, step: Step, proxy: MysqlProxy): Promise<void> {
  const { client } = stage.redis;
  // Every link to Redis is cut: claims in hand go over MySQL alone.
  if (step.startsWith('direct:'))
    await client.call('CLIENT', 'KILL', 'TYPE', 'normal', 'SKIPME', 'yes');
  // Redis lost what it knew of the newest templates.
  if (step.startsWith('rebuild:'))
    for (const { templateId } of stage.templates.slice(-3))
      await client.del(redisKeys.gate(templateId));
  // MySQL is gone for a moment: what was reserved cannot be committed.
  if (step === 'claim:giving-back') {
    proxy.setDown(true);
    setTimeout(() => proxy.setDown(false), 250).unref();
  }
}
