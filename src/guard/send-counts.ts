/**
 * Sends what is to be counted to Redis in one round trip: all that one script does in one call of it. In a
 * cluster each goes by itself, since every key may live on another master; there a master that is gone fails
 * only those that need it.
 */
import type { RedisScript } from '../storage/redis-script.js';
import type { RedisStore } from '../storage/redis.js';

type Value = string | number;

/** What a script does for one key, with as many arguments as any other of its; or a plain command. */
export type Command =
  | { readonly script: RedisScript; readonly key: string; readonly args: readonly Value[] }
  | {
      readonly script?: undefined;
      readonly verb: string;
      readonly key: string;
      readonly args: readonly Value[];
    };

/** One reply a command, in their order. @throws RedisUnavailable */
export async function sendCounts(
  redis: RedisStore,
  commands: readonly Command[],
): Promise<PromiseSettledResult<unknown>[]> {
  if (redis.isCluster)
    return Promise.allSettled(commands.map((command) => sendAlone(redis, command)));
  return sendTogether(redis, commands);
}

async function sendAlone(redis: RedisStore, command: Command): Promise<unknown> {
  const { key, args } = command;
  if (command.script === undefined)
    return redis.ask(key, (client) => client.call(command.verb, key, ...args));
  const [reply] = (await redis.run(command.script, [key], args)) as [unknown];
  return reply;
}

/** What goes as one: the places of its commands, and how it is written. */
interface Parcel {
  readonly places: readonly number[];
  write(wholeScript: boolean): Value[];
}

/**
 * One pipeline; a second one only where the server did not know a script yet. What Redis cannot do for one key
 * fails alone.
 */
function sendTogether(
  redis: RedisStore,
  commands: readonly Command[],
): Promise<PromiseSettledResult<unknown>[]> {
  const parcels = [...Map.groupBy(commands.keys(), (i) => commands[i]!.script ?? i).values()].map(
    (places) => parcelOf(commands, places),
  );
  return redis.ask(commands[0]!.key, async (client) => {
    const shoot = async (calls: Value[][]) => (await client.pipeline(calls).exec())!;
    const replies = await shoot(parcels.map((parcel) => parcel.write(false)));
    const unknown = replies.flatMap(([error], i) => (isNoScript(error) ? [i] : []));
    if (unknown.length > 0) {
      const late = await shoot(unknown.map((i) => parcels[i]!.write(true)));
      unknown.forEach((i, nth) => (replies[i] = late[nth]!));
    }
    if (replies.every(([error]) => error)) throw replies[0]![0]!;
    const settled: PromiseSettledResult<unknown>[] = [];
    parcels.forEach(({ places }, i) => {
      const [error, reply] = replies[i]!;
      const isScript = commands[places[0]!]!.script !== undefined;
      places.forEach((place, nth) => {
        const value = isScript ? (reply as unknown[] | undefined)?.[nth] : reply;
        settled[place] = error
          ? { status: 'rejected', reason: error }
          : { status: 'fulfilled', value };
      });
    });
    return settled;
  });
}

function parcelOf(commands: readonly Command[], places: readonly number[]): Parcel {
  const own = places.map((place) => commands[place]!);
  const keys = own.map(({ key }) => key);
  const args = own.flatMap((command) => command.args);
  const [first] = own as [Command];
  return {
    places,
    write: (wholeScript) => {
      if (first.script === undefined) return [first.verb, ...keys, ...args];
      const { lua, sha } = first.script;
      const verb = wholeScript ? ['eval', lua] : ['evalsha', sha];
      return [...verb, keys.length, ...keys, ...args];
    },
  };
}

function isNoScript(error: Error | null): boolean {
  return error !== null && error.message.startsWith('NOSCRIPT');
}
