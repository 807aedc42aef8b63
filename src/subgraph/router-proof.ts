/**
 * The router's proof: who asks this service is the router, now, this request, for this customer. It keeps
 * the promise that in production nobody else is answered, whatever token they have.
 */
import { createHmac, timingSafeEqual } from 'node:crypto';
import { ROUTER_PROOF_NONCES_MAX, ROUTER_PROOF_WINDOW_MS } from '../config/limits.js';
import { TooDeep } from '../kernel/canonical-json.js';
import type { Clock } from '../kernel/clock.js';
import { signedTextOf, type ProvenRequest } from './sign-for-service.js';

const FORM = /^t=(\d{1,15}),n=([\w-]{16,64}),s=([\w-]{43})$/;

export class RouterProof {
  /** Nonces of the present and the last window: what is older is refused for its time. */
  private seen = new Set<string>();
  private seenBefore = new Set<string>();
  private turnedAtMs = 0;

  /** @param secrets all that are live: two while one is being replaced */
  constructor(
    private readonly secrets: readonly string[],
    private readonly clock: Clock,
  ) {}

  /** Whether the request is the router's, fresh, and here for the first time. */
  isGood(header: string | undefined, request: ProvenRequest): boolean {
    const [, time, nonce, signature] = FORM.exec(header ?? '') ?? [];
    if (time === undefined || nonce === undefined || signature === undefined) return false;
    const nowMs = this.clock.nowMs();
    if (Math.abs(nowMs - Number(time)) > ROUTER_PROOF_WINDOW_MS) return false;
    const text = textOrNull(request, Number(time), nonce);
    if (text === null) return false;
    const given = Buffer.from(signature, 'base64url');
    // Every live secret is tried, so that the time does not tell which one it was.
    const good = this.secrets.filter((secret) =>
      timingSafeEqual(createHmac('sha256', secret).update(text).digest(), given),
    );
    return good.length > 0 && this.isFirst(nonce, nowMs);
  }

  private isFirst(nonce: string, nowMs: number): boolean {
    const isFull = this.seen.size >= ROUTER_PROOF_NONCES_MAX;
    // A time may lie a window ahead, so a nonce must be known for two of them.
    if (isFull || nowMs - this.turnedAtMs > 2 * ROUTER_PROOF_WINDOW_MS) {
      this.seenBefore = this.seen;
      this.seen = new Set();
      this.turnedAtMs = nowMs;
    }
    if (this.seen.has(nonce) || this.seenBefore.has(nonce)) return false;
    this.seen.add(nonce);
    return true;
  }
}

/** null: nested so deep that no router printed it. */
function textOrNull(request: ProvenRequest, timeMs: number, nonce: string): string | null {
  try {
    return signedTextOf(request, timeMs, nonce);
  } catch (error) {
    if (error instanceof TooDeep) return null;
    throw error;
  }
}
