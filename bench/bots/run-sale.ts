/** One sale over HTTP: everybody asks in their order, and does what they are asked for. */
import { ClaimDocument } from '../../src/demo/generated/operations.js';
import { ask } from '../../src/demo/graphql-client.js';
import { seeded, type Customer } from './crowd.js';

export interface Sale {
  readonly url: string;
  readonly templateId: string;
  readonly crowd: readonly Customer[];
  readonly routerSecret: string;
  readonly tokenOf: (userId: string) => Promise<string>;
  /** What a person does who is asked for a proof. */
  readonly earn: (userId: string, templateId: string) => string;
  /** How often a bot can do the same, 0 to 1. */
  readonly botsSolve: number;
}

export interface Side {
  got: number;
  asked: number;
  refused: number;
  soldOut: number;
  readonly codes: Record<string, number>;
}

const AT_ONCE = 48;
/** A bot that is refused tries again with new keys. */
const BOT_TRIES = 3;

export async function runSale(sale: Sale): Promise<Record<'bots' | 'honest', Side>> {
  const newSide = (): Side => ({ got: 0, asked: 0, refused: 0, soldOut: 0, codes: {} });
  const sides = { bots: newSide(), honest: newSide() };
  const random = seeded(7);
  let next = 0;
  await Promise.all(Array.from({ length: AT_ONCE }, work));
  return sides;

  async function work(): Promise<void> {
    while (next < sale.crowd.length) {
      const customer = sale.crowd[next++]!;
      const side = customer.isBot ? sides.bots : sides.honest;
      const outcome = await come(customer, side);
      side.codes[outcome] = (side.codes[outcome] ?? 0) + 1;
      if (outcome === 'CLAIMED') side.got += 1;
      else if (outcome === 'SOLD_OUT') side.soldOut += 1;
      else side.refused += 1;
    }
  }

  async function come(customer: Customer, side: Side): Promise<string> {
    const token = await sale.tokenOf(customer.userId);
    const tries = customer.isBot ? BOT_TRIES : 1;
    let outcome = '';
    for (let i = 0; i < tries && outcome !== 'CLAIMED' && outcome !== 'SOLD_OUT'; i += 1) {
      outcome = await claim(customer, token, `${customer.userId}-${i}`);
      if (outcome !== 'VERIFICATION_REQUIRED') continue;
      if (i === 0) side.asked += 1;
      if (customer.isBot && random() >= sale.botsSolve) continue;
      const proof = sale.earn(customer.userId, sale.templateId);
      outcome = await claim(customer, token, `${customer.userId}-${i}`, proof);
    }
    return outcome;
  }

  async function claim(
    { address, deviceId }: Customer,
    token: string,
    idempotencyKey: string,
    verificationToken: string | null = null,
  ): Promise<string> {
    const input = { templateId: sale.templateId, idempotencyKey, deviceId, verificationToken };
    const headers = { 'x-forwarded-for': address };
    const target = { url: sale.url, routerSecret: sale.routerSecret };
    const { claimCoupon } = await ask(target, ClaimDocument, { input }, { token, headers });
    return claimCoupon.__typename === 'CouponClaimed' ? 'CLAIMED' : claimCoupon.code;
  }
}
