/** The lanes of the bench and one round of each: what is asked, what it used of the CPU, and that it was true. */
import type { Provided } from '../../test/kit/provide-tool.js';
import { measureRound, type Load, type Measured } from '../kit/lanes.js';
import { shoot } from '../kit/wrk.js';
import type { Stage } from './stage.js';

export type Lane =
  | 'echo'
  | 'standalone'
  | 'constant'
  | 'soldout'
  | 'durable'
  | 'statements'
  | 'unguarded'
  | 'afterRedis'
  | 'forUpdate';

const CLAIM = `mutation Claim($input: ClaimCouponInput!) { claimCoupon(input: $input) {
  __typename ... on CouponClaimed { replayed coupon { id code status expiresAt } }
  ... on Rejection { code message retryable retryAfter } } }`;
const HELLO = 'mutation Hello($name: String!) { hello(name: $name) }';
const MANY = 50_000_000;
/** Every answer is a row. */
const WRITES = new Set<Lane>(['durable', 'statements', 'unguarded', 'forUpdate']);

/** @throws where the answers were not what the lane is there for */
export async function playRound(
  stage: Stage,
  wrk: Provided,
  lane: Lane,
  load: Load,
): Promise<Measured> {
  const templateId = await stage.template(lane === 'soldout' ? 1 : MANY);
  // Textbooks' claims pass the gate by.
  if (lane === 'forUpdate') stage.pardon(templateId);
  const server = lane === 'soldout' || lane === 'unguarded' ? 'durable' : lane;
  const { url, pid } = stage.servers[server];
  const target = { url, tokens: stage.tokens, body: bodyOf(lane, templateId) };
  if (lane === 'soldout') await shoot(wrk, target, { connections: 1, seconds: 1 });
  const round = await measureRound(wrk, target, load, { ...stage.pids, service: pid });
  const issued = await stage.issued(templateId);
  if (WRITES.has(lane) && issued < round.requests)
    throw new Error(`${lane}: ${round.requests} answers, ${issued} coupons`);
  if (lane === 'soldout' && issued !== 1) throw new Error(`${issued} of 1 coupon were issued`);
  return round;
}

function bodyOf(lane: Lane, templateId: string): string {
  if (lane === 'standalone' || lane === 'echo')
    return JSON.stringify({ query: HELLO, variables: { name: 'key-%KEY%' } });
  const deviceId = lane === 'unguarded' ? null : `${templateId}-%KEY%`;
  // A user's keys are the user's own over all templates.
  const input = { templateId, idempotencyKey: `${templateId}-%KEY%`, deviceId };
  return JSON.stringify({ query: CLAIM, variables: { input } });
}
