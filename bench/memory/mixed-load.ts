/** What customers and a router ask for, mixed, over HTTP; each connection asks again when it was answered. */
import { Client } from 'undici';

export interface LoadParts {
  readonly url: string;
  /** One a user. */
  readonly tokens: readonly string[];
  readonly openId: string;
  readonly soldOutId: string;
}

type Kind = 'claim' | 'sold out' | 'wallet' | 'quote' | 'entities';

/** Of ten requests. Sold out is what most of a sale gets. */
const MIX: readonly Kind[] = [
  'claim',
  'sold out',
  'wallet',
  'sold out',
  'quote',
  'sold out',
  'entities',
  'claim',
  'sold out',
  'wallet',
];
const ENTITIES = 100;

const CLAIM = `mutation Claim($input: ClaimCouponInput!) { claimCoupon(input: $input) {
  __typename ... on CouponClaimed { coupon { id code status } } ... on Rejection { code } } }`;
const WALLET = `{ myCoupons(first: 20) { totalCount nodes { id code status expiresAt template { id name } } } }`;
const QUOTE = `query Quote($input: QuoteDiscountInput!) { quoteDiscount(input: $input) {
  id payable { amount } applied { coupon { id } discount { amount } } } }`;
const BY_KEY = `query ($of: [_Any!]!) { _entities(representations: $of) { ... on Coupon { id status } } }`;

export class MixedLoad {
  /** Answers by kind. */
  readonly answered = new Map<Kind, number>(MIX.map((kind) => [kind, 0]));
  private asked = 0;
  /** Of the last coupons, and whose they are. */
  private readonly claimed: { readonly id: string; readonly user: number }[] = [];

  constructor(private readonly parts: LoadParts) {}

  /** @throws for an answer with errors: memory of a service that fails is not what is asked for */
  async run(connections: number, untilMs: number): Promise<void> {
    const { origin, pathname } = new URL(this.parts.url);
    await Promise.all(
      Array.from({ length: connections }, async () => {
        const client = new Client(origin);
        while (performance.now() < untilMs) await this.ask(client, pathname);
        await client.close();
      }),
    );
  }

  private async ask(client: Client, path: string): Promise<void> {
    const no = (this.asked += 1);
    const kind = MIX[no % MIX.length]!;
    // A router asks for the coupons of one user's page.
    const user =
      kind === 'entities' ? (this.claimed[0]?.user ?? 0) : (no * 7) % this.parts.tokens.length;
    const response = await client.request({
      path,
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        authorization: `Bearer ${this.parts.tokens[user]}`,
      },
      body: JSON.stringify(this.requestOf(kind, no)),
    });
    const answer = (await response.body.json()) as {
      data: { claimCoupon?: { coupon?: { id: string } } } | null;
      errors?: unknown;
    };
    if (answer.errors !== undefined) throw new Error(`${kind}: ${JSON.stringify(answer.errors)}`);
    this.answered.set(kind, this.answered.get(kind)! + 1);
    const id = answer.data?.claimCoupon?.coupon?.id;
    if (id !== undefined) this.claimed.unshift({ id, user });
    this.claimed.length = Math.min(this.claimed.length, ENTITIES);
  }

  private requestOf(kind: Kind, no: number): object {
    const claim = (templateId: string) => ({
      query: CLAIM,
      variables: { input: { templateId, idempotencyKey: `k${no}`, deviceId: `d${no}` } },
    });
    switch (kind) {
      case 'claim':
        return claim(this.parts.openId);
      case 'sold out':
        return claim(this.parts.soldOutId);
      case 'wallet':
        return { query: WALLET };
      case 'quote':
        return { query: QUOTE, variables: { input: cartOf(no) } };
      case 'entities':
        return {
          query: BY_KEY,
          variables: { of: this.claimed.map(({ id }) => ({ __typename: 'Coupon', id })) },
        };
    }
  }
}

/** Another product each time, so that no quote is the one before. */
function cartOf(no: number): object {
  const unitPrice = { amount: '120.00', currency: 'CNY' };
  const line = { lineId: 'L1', productId: `P${no}`, categoryIds: ['C1'], unitPrice, quantity: 2 };
  return { currency: 'CNY', lines: [line] };
}
