/**
 * Takes secrets and persons out of a text by what they look like: the last line, for texts that nobody
 * wrote with a name (messages of errors, mostly those of drivers).
 *
 * Every pattern is linear in the length of the text (bounded repetition, no nesting). A user id or an order
 * number looks like nothing: those are masked by the name they stand under (mask-fields.ts).
 */

/** What stands where a secret stood. */
export const HIDDEN = '[hidden]';

interface Pattern {
  /** The text is searched only if it has this: most lines have none of them. */
  readonly only: string;
  readonly looks: RegExp;
  readonly becomes: string | ((found: string) => string);
}

const PATTERNS: readonly Pattern[] = [
  // Tokens: JWTs, Authorization headers, webhook secrets, passwords of connection strings.
  { only: 'eyJ', looks: /\beyJ[\w-]{6,8000}\.[\w-]{2,8000}(?:\.[\w-]{0,2000})?/g, becomes: HIDDEN },
  { only: ' ', looks: /\b(?:Bearer|Basic) {1,4}[\w.~+/=-]{4,8000}/gi, becomes: HIDDEN },
  { only: 'whsec_', looks: /\bwhsec_[\w+/=-]{4,200}/g, becomes: HIDDEN },
  {
    only: '://',
    looks: /:\/\/[^\s/@:]{0,100}:[^\s/@]{1,200}@/g,
    becomes: `://${HIDDEN}@`,
  },
  // What MySQL repeats of the values that it was given.
  {
    only: "'",
    looks: /((?:Duplicate entry|value:?|near) )'[^]{0,8000}'(?= (?:for|at)\b)/g,
    becomes: `$1'${HIDDEN}'`,
  },
  // `token=…`, `"deviceId":"…"` and their like.
  {
    only: '',
    looks:
      /(?:token|secret|password|authorization|cookie|deviceId|idempotencyKey|userId|orderId|customerId|email|phone)\\?["']?\s{0,3}[:=]\s{0,3}\\?["']?[^\s"'\\,;&}]{1,2000}/gi,
    becomes: (found) => found.replace(/([:=]\s*\\?["']?)[^]*$/, `$1${HIDDEN}`),
  },
  // Coupon codes, whole or in groups of four.
  {
    only: '',
    looks: /(?<![\w-])(?:[0-9A-HJKMNP-TV-Z]{4}-?){3}[0-9A-HJKMNP-TV-Z]{4}(?![\w-])/g,
    becomes: hiddenCode,
  },
  // Persons.
  { only: '@', looks: /[\w.+-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63}){1,4}/g, becomes: HIDDEN },
  { only: '+', looks: /(?<![\w.-])\+\d[\d ()-]{6,18}\d(?![\w.-])/g, becomes: HIDDEN },
  { only: '1', looks: /(?<![\w.-])1[3-9]\d{9}(?![\w.-])/g, becomes: HIDDEN },
  {
    only: '',
    looks: /(?<![\w.-])[2-6]\d{3}(?:[ -]?\d{4}){2}[ -]?\d{1,7}(?![\w.-])/g,
    becomes: hiddenCard,
  },
  { only: '.', looks: /(?<![\w.])(?:\d{1,3}\.){3}\d{1,3}(?![\w.])/g, becomes: hiddenAddress },
  { only: ':', looks: /(?<![\w:])[23][0-9a-f]{3}:[0-9a-f:]{2,36}(?![\w:])/gi, becomes: HIDDEN },
];

export function maskText(text: string): string {
  let masked = text;
  for (const { only, looks, becomes } of PATTERNS) {
    if (!masked.includes(only)) continue;
    masked =
      typeof becomes === 'string' ? masked.replace(looks, becomes) : masked.replace(looks, becomes);
  }
  return masked;
}

/** A word of 16 letters is a word; a number of 16 digits is for the cards to say. */
function hiddenCode(found: string): string {
  return /\d/.test(found) && /[A-Z]/.test(found) ? HIDDEN : found;
}

/** The check digit of card numbers (ISO/IEC 7812-1, annex B). */
function hiddenCard(found: string): string {
  const digits = found.replace(/\D/g, '').split('').toReversed().map(Number);
  const sum = digits.reduce((total, digit, i) => {
    const doubled = i % 2 === 0 ? digit : digit * 2;
    return total + (doubled > 9 ? doubled - 9 : doubled);
  }, 0);
  return sum % 10 === 0 ? HIDDEN : found;
}

/** Addresses of private networks are our own servers', and an operator needs them. */
function hiddenAddress(found: string): string {
  return /^(0|10|127|169\.254|192\.168|172\.(1[6-9]|2\d|3[01]))\./.test(found) ? found : HIDDEN;
}
