/** Moments on the way to and from DATETIME(3): epoch milliseconds here, UTC text there. */

export function toSqlMoment(ms: number): string {
  const known = texts.get(ms);
  if (known !== undefined) return known;
  const text = new Date(ms).toISOString().slice(0, 23).replace('T', ' ');
  if (texts.size >= TEXTS_MAX) texts.clear();
  texts.set(ms, text);
  return text;
}

/** Coupons of a batch share their moments: claimed in one millisecond, expiring with the same day. */
const texts = new Map<number, string>();
const TEXTS_MAX = 1_000;

export function fromSqlMoment(text: string): number {
  return Date.parse(`${text.replace(' ', 'T')}Z`);
}

export function toNullableMoment(ms: number | null): string | null {
  return ms === null ? null : toSqlMoment(ms);
}

export function fromNullableMoment(text: string | number | null | undefined): number | null {
  return text === null || text === undefined ? null : fromSqlMoment(String(text));
}
