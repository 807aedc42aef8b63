import { globSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';

describe.each(globSync('src/**/*.lua'))('the script %s', (file) => {
  const text = readFileSync(file, 'utf8');
  const keyCount = /-(\d+|n)\.lua$/.exec(file)![1]!;
  const header = text
    .split('\n')
    .filter((line) => line.startsWith('--'))
    .join('\n');
  const body = text
    .split('\n')
    .filter((line) => !line.startsWith('--'))
    .join('\n');
  const numbers = (source: string) =>
    new Set([...source.matchAll(/KEYS\[(\d+|i)\]/g)].map((match) => match[1]));
  const expected =
    keyCount === 'n' ? ['i'] : Array.from({ length: Number(keyCount) }, (_, i) => `${i + 1}`);

  it('names as many keys in its header as in its name', () => {
    expect(numbers(header)).toEqual(new Set(expected));
  });

  it('uses exactly those keys', () => {
    expect(numbers(body)).toEqual(new Set(expected));
  });

  it('tells its arguments and replies', () => {
    expect(header).toMatch(/ARGV/);
    expect(header).toMatch(/Reply|Replies/i);
  });
});
