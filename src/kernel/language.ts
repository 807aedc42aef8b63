/**
 * Which of the languages that there are is told to somebody: the first wish that can be met, exactly or
 * by the same language elsewhere ("zh-HK" reads "zh-CN"). Tags are compared without case, as BCP 47 has it.
 */

/** @param wanted tags, the dearest first. @returns undefined: none of the wishes can be met */
export function pickLanguage<Item>(
  there: readonly Item[],
  languageOf: (item: Item) => string,
  wanted: readonly string[],
): Item | undefined {
  for (const wish of wanted) {
    const found =
      there.find((item) => isSameLanguage(languageOf(item), wish)) ??
      there.find((item) => isSameLanguage(baseOf(languageOf(item)), baseOf(wish)));
    if (found !== undefined) return found;
  }
  return undefined;
}

export function isSameLanguage(a: string, b: string): boolean {
  return a.toLowerCase() === b.toLowerCase();
}

function baseOf(language: string): string {
  return language.split('-')[0]!;
}
