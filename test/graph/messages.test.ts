import { describe, expect, it } from 'vitest';
import { LANGUAGES } from '../../src/graph/languages/index.js';
import type { Messages } from '../../src/graph/languages/messages.types.js';
import { messageOf, messagesFor } from '../../src/graph/messages.js';
import { FAILURE_CODES, rejection } from '../../src/kernel/rejection.js';

const english = sentencesOf(LANGUAGES[0]);

describe.each(LANGUAGES.map((messages) => [messages.language, messages] as const))(
  'the language %s',
  (_language, messages) => {
    const sentences = sentencesOf(messages);

    it('has a sentence for every refusal and every fact, and no other', () => {
      expect([...sentences.keys()]).toEqual([...english.keys()]);
      expect(Object.keys(messages.failures)).toEqual([...FAILURE_CODES]);
      for (const [name, sentence] of sentences) expect(sentence.trim(), name).toMatch(/./);
    });

    it('names the same facts in every sentence', () => {
      for (const [name, sentence] of sentences)
        expect(placeholders(sentence), name).toEqual(placeholders(english.get(name)!));
    });

    it('says nothing in the words of another language, except what has no words', () => {
      if (messages.language === 'en') return expect(LANGUAGES[0]).toBe(messages);
      const same = [...sentences].filter(([name, sentence]) => sentence === english.get(name));
      expect(same).toEqual([]);
    });
  },
);

describe('a message', () => {
  it('is in the first wanted language that there is, or in its sister, else in English', () => {
    const chosen = (...wanted: string[]): string => messagesFor(wanted).language;
    expect(chosen()).toBe('en');
    expect(chosen('ZH-cn')).toBe('zh-CN');
    expect(chosen('zh')).toBe('zh-CN');
    expect(chosen('zh-Hant-TW')).toBe('zh-CN');
    expect(chosen('fr', 'de-AT')).toBe('en');
    expect(chosen('fr', 'zh', 'en')).toBe('zh-CN');
    expect(chosen('en-GB', 'zh')).toBe('en');
  });

  it('tells its facts', () => {
    const refusal = rejection('REFUND_EXCEEDS_ORDER', {
      detail: { fact: 'UNITS_LEFT', lineId: '{units}', units: 3 },
    });
    expect(messageOf(refusal, [])).toBe(
      'More units than the order still has. (line {units} has 3 units left)',
    );
    expect(messageOf(refusal, ['zh'])).toBe('退款数量超过订单。 (订单行 {units} 还剩 3 件)');
  });
});

function sentencesOf({ failures, shortfall, details }: Messages): Map<string, string> {
  return new Map([
    ...Object.entries(failures),
    ['shortfall', shortfall],
    ...Object.entries(details),
  ]);
}

function placeholders(sentence: string): string[] {
  return [...sentence.matchAll(/\{(\w+)\}/g)].map(([, name]) => name!).toSorted();
}
