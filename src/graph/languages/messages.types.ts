/**
 * What one language says. Every file of a language has all of it, or it does not compile; a test holds
 * the placeholders, `{name}`, against those of English.
 */
import type { Detail, FailureCode } from '../../kernel/rejection.js';

export interface Messages {
  /** As a BCP 47 tag. */
  readonly language: string;
  readonly failures: { readonly [Code in FailureCode]: string };
  /** `{amount}` with its currency, where a threshold was missed. */
  readonly shortfall: string;
  /** Said in brackets after the sentence. */
  readonly details: { readonly [Fact in Detail['fact']]: string };
}
