/**
 * The flash sale: ten thousand users after a thousand coupons, over HTTP, each with a token and an address
 * of their own. Every 20th who got one asks twice more: again with the same key, which must give the same
 * coupon, and with another key, which the per-user limit must refuse.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { ClaimDocument, type ClaimMutation } from './generated/operations.js';
import { ask, type Target } from './graphql-client.js';

export interface Buyer {
  readonly id: string;
  readonly token: string;
  readonly address: string;
}

export interface Tally {
  /** Answers by what became of the claim: CLAIMED, REPLAYED or the code of the refusal. */
  readonly answers: Readonly<Record<string, number>>;
  /** Who got one. */
  readonly winners: readonly Buyer[];
  /** Answers that may never be: a retry with another coupon, a second coupon. */
  readonly wrong: readonly string[];
  readonly requests: number;
  readonly tookMs: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
}

export interface Sale {
  readonly url: Target;
  readonly templateId: string;
  readonly buyers: readonly Buyer[];
  /** Called after each buyer. */
  readonly onProgress: (done: number, answers: Readonly<Record<string, number>>) => void;
}

/** Buyers at one time: enough to keep the service busy, few enough to leave it the machine. */
const AT_ONCE = 192;
const TRIES_AGAIN_EVERY = 20;
const RETRIES_MAX = 20;
const RETRY_PAUSE_MS = 300;

export async function runFlashSale({ url, templateId, buyers, onProgress }: Sale): Promise<Tally> {
  const answers: Record<string, number> = {};
  const winners: Buyer[] = [];
  const wrong: string[] = [];
  const times: number[] = [];
  let next = 0;
  let done = 0;
  const startedAt = performance.now();
  await Promise.all(Array.from({ length: AT_ONCE }, work));
  const tookMs = performance.now() - startedAt;
  times.sort((a, b) => a - b);
  const quantile = (q: number) =>
    times[Math.min(times.length - 1, Math.floor(times.length * q))] ?? 0;
  const speed = { requests: times.length, tookMs, p50Ms: quantile(0.5), p99Ms: quantile(0.99) };
  return { answers, winners, wrong, ...speed };

  async function work(): Promise<void> {
    while (next < buyers.length) {
      const index = next++;
      const buyer = buyers[index]!;
      await buy(buyer, index % TRIES_AGAIN_EVERY === 0);
      done += 1;
      onProgress(done, answers);
    }
  }

  async function buy(buyer: Buyer, triesAgain: boolean): Promise<void> {
    const first = await claim(buyer, 'sale');
    if (first.__typename !== 'CouponClaimed') return;
    winners.push(buyer);
    if (!triesAgain) return;
    const again = await claim(buyer, 'sale');
    const isSame =
      again.__typename === 'CouponClaimed' && again.replayed && again.coupon.id === first.coupon.id;
    if (!isSame)
      wrong.push(`${buyer.id} asked again with the same key and got ${JSON.stringify(again)}`);
    const second = await claim(buyer, 'one-more');
    if (second.__typename === 'CouponClaimed') wrong.push(`${buyer.id} has more than one coupon`);
  }

  /** What cannot be answered now is asked again with the same key, as every good client does. */
  async function claim(
    buyer: Buyer,
    idempotencyKey: string,
  ): Promise<ClaimMutation['claimCoupon']> {
    const input = { templateId, idempotencyKey, channel: 'flash-sale' };
    for (let attempt = 0; ; attempt += 1) {
      const sentAt = performance.now();
      const { claimCoupon: answer } = await ask(
        url,
        ClaimDocument,
        { input },
        {
          token: buyer.token,
          headers: { 'x-forwarded-for': buyer.address },
        },
      );
      times.push(performance.now() - sentAt);
      const name = nameOf(answer);
      answers[name] = (answers[name] ?? 0) + 1;
      const isFinal = answer.__typename === 'CouponClaimed' || !answer.retryable;
      if (isFinal || attempt === RETRIES_MAX) return answer;
      await sleep(RETRY_PAUSE_MS);
    }
  }
}

function nameOf(answer: ClaimMutation['claimCoupon']): string {
  if (answer.__typename === 'Rejection') return answer.code;
  return answer.replayed ? 'REPLAYED' : 'CLAIMED';
}
