/** The name in the first language that it has of those wanted, else in the default language. */
import { pickLanguage } from '../../kernel/language.js';
import type { LocalizedName } from '../template.types.js';

export function nameIn(names: readonly LocalizedName[], wanted: readonly string[]): string {
  return (pickLanguage(names, ({ language }) => language, wanted) ?? names[0])?.name ?? '';
}
