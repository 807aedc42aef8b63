/** The name in a language: exactly it, else the same language elsewhere, else the default. */
import type { LocalizedName } from '../template.types.js';

export function nameIn(names: readonly LocalizedName[], language: string | null): string {
  const base = language?.split('-')[0];
  const found =
    names.find((name) => name.language === language) ??
    names.find((name) => name.language.split('-')[0] === base) ??
    names[0];
  return found?.name ?? '';
}
