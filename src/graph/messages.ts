/** What a caller reads of a refusal, in the first of the caller's languages that there is, else in English. */
import { pickLanguage } from '../kernel/language.js';
import { formatMinor } from '../kernel/money.js';
import type { Rejection } from '../kernel/rejection.js';
import { LANGUAGES } from './languages/index.js';
import type { Messages } from './languages/messages.types.js';

/** @param wanted the caller's languages, the dearest first */
export function messagesFor(wanted: readonly string[]): Messages {
  return pickLanguage(LANGUAGES, ({ language }) => language, wanted) ?? LANGUAGES[0];
}

/** The sentence of a refusal with its facts. */
export function messageOf(rejection: Rejection, wanted: readonly string[]): string {
  const { failures, shortfall, details } = messagesFor(wanted);
  const parts = [failures[rejection.code]];
  if (rejection.shortfall) {
    const { amountMinor, currency } = rejection.shortfall;
    parts.push(fill(shortfall, { amount: `${formatMinor(amountMinor, currency)} ${currency}` }));
  }
  if (rejection.detail !== undefined)
    parts.push(`(${fill(details[rejection.detail.fact], rejection.detail)})`);
  return parts.join(' ');
}

function fill(sentence: string, facts: Readonly<Record<string, string | number>>): string {
  return sentence.replace(/\{(\w+)\}/g, (_, name: string) => String(facts[name]));
}
