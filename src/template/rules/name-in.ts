/**
 * The name in a language: exactly it, else the same language elsewhere, else the default.
 * Language tags are compared without case, as BCP 47 has it: "zh-cn" is "zh-CN".
 */
import type { LocalizedName } from '../template.types.js';

export function nameIn(names: readonly LocalizedName[], language: string | null): string {
  const wanted = language ?? '';
  const found =
    names.find((name) => isSameLanguage(name.language, wanted)) ??
    names.find((name) => isSameLanguage(baseOf(name.language), baseOf(wanted))) ??
    names[0];
  return found?.name ?? '';
}

export function isSameLanguage(a: string, b: string): boolean {
  return a.toLowerCase() === b.toLowerCase();
}

function baseOf(language: string): string {
  return language.split('-')[0]!;
}
