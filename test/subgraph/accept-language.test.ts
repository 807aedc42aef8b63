import { describe, expect, it } from 'vitest';
import { readAcceptLanguage } from '../../src/subgraph/accept-language.js';

describe('Accept-Language', () => {
  it.each([
    [undefined, []],
    ['', []],
    ['*', []],
    ['zh-CN,zh;q=0.9,en;q=0.8', ['zh-CN', 'zh', 'en']],
    ['en;q=0.2, de;q=0.9, fr', ['fr', 'de', 'en']],
    ['en;q=0, zh', ['zh']],
    ['zh;q=0.5, *;q=0.9', ['zh']],
    ['; ; ,,', []],
  ])('%j is read as the wishes %j', (header, wishes) => {
    expect(readAcceptLanguage(header)).toEqual(wishes);
  });

  it('that is longer than any person needs is as if it was not said', () => {
    expect(readAcceptLanguage(`zh${', zh'.repeat(200)}`)).toEqual([]);
  });
});
