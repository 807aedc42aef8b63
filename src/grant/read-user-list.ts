/**
 * A list as it comes in: CSV with a header that has a column `userId`, or NDJSON, each line an id in quotes
 * or an object with `userId`. It is read as it arrives, a line at a time, and every mistake names its line.
 */
import { pipeline, Readable } from 'node:stream';
import { CsvError, parse } from 'csv-parse';
import { GRANT_LINE_BYTES_MAX } from '../config/limits.js';
import { InputError, requireInput } from '../kernel/input-error.js';
import type { ListedUser } from './start-grant.js';

export const USER_LIST_TYPES = ['text/csv', 'application/x-ndjson'] as const;
export type UserListType = (typeof USER_LIST_TYPES)[number];

type Bytes = AsyncIterable<Uint8Array>;

/** @throws InputError naming the line, while it is read */
export function readUserList(type: UserListType, body: Bytes): AsyncIterable<ListedUser> {
  return type === 'text/csv' ? readCsv(body) : readNdjson(body);
}

async function* readCsv(body: Bytes): AsyncGenerator<ListedUser> {
  const parser = parse({
    bom: true,
    info: true,
    skip_empty_lines: true,
    max_record_size: GRANT_LINE_BYTES_MAX,
  });
  // What goes wrong with the body comes out of the parser.
  pipeline(Readable.from(body), parser, () => undefined);
  let column = -1;
  try {
    for await (const { record, info } of parser as AsyncIterable<CsvRow>) {
      const place = `line ${info.lines}`;
      if (column >= 0) yield { userId: record[column]!, place };
      else column = columnOf(record, place);
    }
  } catch (error) {
    if (!(error instanceof CsvError)) throw error;
    throw new InputError(`line ${Number(error['lines'])}`, `is not CSV (${error.code})`);
  }
}

interface CsvRow {
  readonly record: readonly string[];
  readonly info: { readonly lines: number };
}

function columnOf(header: readonly string[], place: string): number {
  const column = header.indexOf('userId');
  requireInput(column >= 0, place, 'must be a header with a column userId');
  return column;
}

async function* readNdjson(body: Bytes): AsyncGenerator<ListedUser> {
  let number = 0;
  for await (const line of linesOf(body)) {
    number += 1;
    if (line.trim() !== '') yield { userId: userIdOf(line, number), place: `line ${number}` };
  }
}

function userIdOf(line: string, number: number): string {
  let value: unknown;
  try {
    value = JSON.parse(line);
  } catch {
    throw new InputError(`line ${number}`, 'is not JSON');
  }
  const userId = typeof value === 'string' ? value : (value as { userId?: unknown } | null)?.userId;
  requireInput(typeof userId === 'string', `line ${number}`, 'must be an id or have a userId');
  return userId;
}

async function* linesOf(body: Bytes): AsyncGenerator<string> {
  const decoder = new TextDecoder();
  let rest = '';
  let number = 0;
  for await (const chunk of body) {
    const lines = (rest + decoder.decode(chunk, { stream: true })).split('\n');
    rest = lines.pop()!;
    number += lines.length;
    const isLong = [...lines, rest].some(({ length }) => length > GRANT_LINE_BYTES_MAX);
    requireInput(
      !isLong,
      `line ${number + 1}`,
      `or one before is over ${GRANT_LINE_BYTES_MAX} bytes`,
    );
    yield* lines;
  }
  yield rest;
}
