/** Customers who claim, and write down what they saw. They ask again as a careful client does. */
import { setTimeout as sleep } from 'node:timers/promises';
import { isFinal } from '../history/answers.js';
import type { Answer, Attempt } from '../history/history.types.js';
import { ask } from './ask.js';

export interface Claim {
  readonly user: string;
  readonly key: string;
  readonly templateId: string;
}

export interface CustomersParts {
  /** Where it can be asked now; none: a moment later. */
  readonly urls: () => readonly string[];
  readonly token: (user: string) => Promise<string>;
}

const CLAIM = `mutation ($input: ClaimCouponInput!) { claimCoupon(input: $input) { __typename
  ... on CouponClaimed { coupon { id owner { id } } replayed } ... on Rejection { code } } }`;

interface Claimed {
  readonly claimCoupon: {
    readonly coupon?: {
      readonly id: string;
      readonly owner: { readonly id: string };
    };
    readonly code?: string;
  };
}

const PAUSE_MS = 40;

export class Customers {
  readonly attempts: Attempt[] = [];
  private turn = 0;

  constructor(private readonly parts: CustomersParts) {}

  /** One request. @param url one of those that can be asked, in turn, unless told */
  async attempt(claim: Claim, url?: string): Promise<Answer> {
    const { user, key, templateId } = claim;
    const token = await this.parts.token(user);
    const to = url ?? (await this.nextUrl());
    const invokedMs = performance.now();
    const answer = await claimAt(to, token, { templateId, idempotencyKey: key });
    this.attempts.push({ ...claim, invokedMs, returnedMs: performance.now(), answer });
    return answer;
  }

  /** Asks again with the same key until it is told something final. @returns the last answer */
  async insist(claim: Claim, tries: number, url?: string): Promise<Answer> {
    for (let left = tries; ; left -= 1) {
      const answer = await this.attempt(claim, url);
      if (isFinal(answer) || left <= 1) return answer;
      await sleep(PAUSE_MS);
    }
  }

  private async nextUrl(): Promise<string> {
    for (;;) {
      const urls = this.parts.urls();
      const url = urls[(this.turn += 1) % Math.max(1, urls.length)];
      if (url !== undefined) return url;
      await sleep(20);
    }
  }
}

async function claimAt(url: string, token: string, input: object): Promise<Answer> {
  try {
    const { data, errors } = await ask<Claimed>(url, token, CLAIM, input);
    const claimed = data?.claimCoupon;
    if (claimed?.coupon !== undefined) {
      const { id, owner } = claimed.coupon;
      return { kind: 'COUPON', couponId: id, ownerId: owner.id };
    }
    if (claimed?.code !== undefined) return { kind: 'REFUSED', code: claimed.code };
    return { kind: 'NONE', why: JSON.stringify(errors ?? data) };
  } catch (error) {
    const { code, message } = error as { code?: string; message?: string };
    return { kind: 'NONE', why: code ?? message ?? String(error) };
  }
}
