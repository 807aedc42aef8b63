/** Everything that the stores hold, as text to look for something in. */
import type { Database } from '../../src/storage/database.js';
import type { RedisStore } from '../../src/storage/redis.js';

/** Every row of every table, a line each: `table.column=value` with tabs between. */
export async function dumpDatabase(database: Database): Promise<string> {
  const tables = await database.rows(
    'SELECT table_name AS name FROM information_schema.tables WHERE table_schema = DATABASE()',
  );
  const lines: string[] = [];
  for (const { name } of tables) {
    for (const row of await database.rows(`SELECT * FROM \`${String(name)}\``)) {
      const cells = Object.entries(row).map(
        ([column, value]) => `${name}.${column}=${String(value)}`,
      );
      lines.push(cells.join('\t'));
    }
  }
  return lines.join('\n');
}

/** Every key with its whole value. */
export async function dumpRedis({ client }: RedisStore): Promise<string> {
  const lines: string[] = [];
  for (const key of await client.keys('*')) {
    const type = await client.type(key);
    const read = {
      string: () => client.get(key),
      hash: () => client.hgetall(key),
      list: () => client.lrange(key, 0, -1),
      set: () => client.smembers(key),
      zset: () => client.zrange(key, '0', '-1'),
      stream: () => client.xrange(key, '-', '+'),
    }[type];
    lines.push(`${key}=${JSON.stringify(await read?.())}`);
  }
  return lines.join('\n');
}
