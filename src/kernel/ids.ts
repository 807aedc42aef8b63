/**
 * Ids are made by the application (no AUTO_INCREMENT: the tables must shard), 26 characters,
 * ordered by time within a process so that inserts go to the right edge of the index.
 * Source of the form: the ULID specification (48 bits of time, 80 bits of randomness, Crockford base 32).
 */
import { decodeTime, encodeTime, monotonicFactory, ulid } from 'ulid';
import { drawBytes } from './random-bytes.js';

/** ulid's own source asks the system for each of sixteen characters. A byte has eight of each of its 32. */
const next = monotonicFactory(() => drawBytes(1)[0]! / 256);

/** A new time-ordered id. */
export function newId(nowMs: number): string {
  return next(nowMs);
}

/**
 * A new id that sorts after `previous`, also where that one was made by a clock ahead of ours: its time
 * is then a millisecond later than that of `previous`, not ours.
 */
export function newIdAfter(previous: string | undefined, nowMs: number): string {
  const id = next(nowMs);
  return previous === undefined || id > previous ? id : ulid(decodeTime(previous) + 1);
}

/** No id made at `ms` or later sorts before it. */
export function firstIdAt(ms: number): string {
  return encodeTime(ms, 10).padEnd(26, '0');
}

const ID = /^[0-9A-HJKMNP-TV-Z]{26}$/;

/** Whether `text` has the form of an id of ours; anything else cannot be found and need not be looked for. */
export function isId(text: string): boolean {
  return ID.test(text);
}
