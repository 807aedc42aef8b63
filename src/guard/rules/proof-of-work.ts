/**
 * A token that costs work and nothing else: `pow1.SECONDS.NONCE`, where the SHA-256 of user, template,
 * seconds and nonce begins with enough zero bits. It names who it is for and when it was made, so it is
 * good for one user, one template and some minutes. It slows a machine down; it does not prove a person.
 */
import { createHash } from 'node:crypto';

const TOKEN = /^pow1\.(\d{1,12})\.([\w-]{1,32})$/;

/** A client's clock may be ahead of ours by this much. */
const AHEAD_MS = 30_000;

export interface Work {
  readonly token: string;
  readonly userId: string;
  readonly templateId: string;
}

/** @param bits zero bits demanded: each one more doubles the work */
export function isWorkDone(work: Work, bits: number, ttlMs: number, nowMs: number): boolean {
  const match = TOKEN.exec(work.token);
  if (match === null) return false;
  const ageMs = nowMs - Number(match[1]) * 1_000;
  return ageMs >= -AHEAD_MS && ageMs < ttlMs && zeroBitsOf(work, match[1]!, match[2]!) >= bits;
}

/** Does the work, as a client does it. @returns the token */
export function doWork(
  { userId, templateId }: Pick<Work, 'userId' | 'templateId'>,
  bits: number,
  nowMs: number,
): string {
  const seconds = String(Math.floor(nowMs / 1_000));
  for (let nonce = 0; ; nonce += 1) {
    const token = `pow1.${seconds}.${nonce}`;
    if (zeroBitsOf({ token, userId, templateId }, seconds, String(nonce)) >= bits) return token;
  }
}

function zeroBitsOf({ userId, templateId }: Work, seconds: string, nonce: string): number {
  const hash = createHash('sha256').update(`${userId} ${templateId} ${seconds} ${nonce}`).digest();
  return Math.clz32(hash.readUInt32BE());
}
