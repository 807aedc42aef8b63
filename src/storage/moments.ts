/** Moments on the way to and from DATETIME(3): epoch milliseconds here, UTC text there. */

export function toSqlMoment(ms: number): string {
  return new Date(ms).toISOString().slice(0, 23).replace('T', ' ');
}

export function fromSqlMoment(text: string): number {
  return Date.parse(`${text.replace(' ', 'T')}Z`);
}

export function toNullableMoment(ms: number | null): string | null {
  return ms === null ? null : toSqlMoment(ms);
}

export function fromNullableMoment(text: string | number | null | undefined): number | null {
  return text === null || text === undefined ? null : fromSqlMoment(String(text));
}
