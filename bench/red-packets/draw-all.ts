/** Everybody draws at once, and whoever is not answered in time asks again with the same key. */
import { setTimeout as sleep } from 'node:timers/promises';
import { Agent, request } from 'undici';

const CLAIM = `mutation ($id: ID!) { claimCoupon(input: { templateId: $id, idempotencyKey: "once" }) {
  ... on CouponClaimed { coupon { faceValue { amount } } } ... on Rejection { code } } }`;

/** Connections; all requests of a crowd wait for one of them. */
const CONNECTIONS = 200;
const TRIES_MAX = 200;

interface Reply {
  readonly data?: {
    readonly claimCoupon: { readonly coupon?: { readonly faceValue: { readonly amount: string } } };
  } | null;
}

/** @returns what was drawn, minor units, and how many requests were repeats */
export async function drawAll(
  url: string,
  id: string,
  tokens: readonly string[],
): Promise<{ readonly minor: readonly number[]; readonly retries: number }> {
  const dispatcher = new Agent({ connections: CONNECTIONS });
  const body = JSON.stringify({ query: CLAIM, variables: { id } });
  let retries = 0;
  const draw = async (token: string): Promise<number> => {
    for (let tries = 0; tries < TRIES_MAX; tries += 1) {
      const headers = { 'content-type': 'application/json', authorization: `Bearer ${token}` };
      const response = await request(url, { method: 'POST', headers, body, dispatcher });
      const { data } = (await response.body.json()) as Reply;
      const amount = data?.claimCoupon.coupon?.faceValue.amount;
      if (amount !== undefined) return Math.round(Number(amount) * 100);
      retries += 1;
      await sleep(200 + Math.random() * 800);
    }
    throw new Error('no answer');
  };
  try {
    return { minor: await Promise.all(tokens.map(draw)), retries };
  } finally {
    await dispatcher.close();
  }
}
