/**
 * Sends what is to be counted to Redis in one round trip. In a cluster each goes by itself, since every
 * command has a key of its own; there a master that is gone fails only those that need it.
 */
import type { RedisScript } from '../storage/redis-script.js';
import type { RedisStore } from '../storage/redis.js';

/** A script of one key with its key and arguments, or a plain command with its name first. */
export interface Command {
  readonly script?: RedisScript;
  readonly call: readonly (string | number)[];
}

/** @throws RedisUnavailable */
export async function sendCounts(
  redis: RedisStore,
  commands: readonly Command[],
): Promise<PromiseSettledResult<unknown>[]> {
  if (redis.isCluster) {
    return Promise.allSettled(commands.map((command) => sendAlone(redis, command)));
  }
  const values = await sendTogether(redis, commands);
  return values.map((value) => ({ status: 'fulfilled', value }));
}

function sendAlone(redis: RedisStore, { script, call }: Command): Promise<unknown> {
  if (script !== undefined) return redis.run(script, [String(call[0])], call.slice(1));
  const [verb, ...args] = call;
  return redis.ask(String(args[0]), (client) => client.call(String(verb), ...args));
}

/** One pipeline; a second one only where the server did not know a script yet. */
function sendTogether(redis: RedisStore, commands: readonly Command[]): Promise<unknown[]> {
  const { script, call } = commands[0]!;
  return redis.ask(String(script === undefined ? call[1] : call[0]), async (client) => {
    const shoot = async (calls: (string | number)[][]) => (await client.pipeline(calls).exec())!;
    const replies = await shoot(commands.map(({ script, call }) => written(call, script?.sha)));
    const unknown = replies.flatMap(([error], i) => (isNoScript(error) ? [i] : []));
    const again = unknown.map((i) => commands[i]!);
    if (again.length > 0) {
      const late = await shoot(again.map(({ script, call }) => written(call, script!.lua, 'eval')));
      unknown.forEach((i, nth) => (replies[i] = late[nth]!));
    }
    return replies.map(([error, reply]) => {
      if (error) throw error;
      return reply;
    });
  });
}

function written(
  call: readonly (string | number)[],
  script: string | undefined,
  verb = 'evalsha',
): (string | number)[] {
  return script === undefined ? [...call] : [verb, script, 1, ...call];
}

function isNoScript(error: Error | null): boolean {
  return error !== null && error.message.startsWith('NOSCRIPT');
}
