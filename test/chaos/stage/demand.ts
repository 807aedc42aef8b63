/**
 * Customers who keep coming while harm is done. What is sold out is followed by the next template, so that
 * every harm meets stock that is full and stock that ends. Some customers never ask again, some ask twice at
 * once, some come back for what they have; most insist, as a careful client does.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { isFinal } from '../history/answers.js';
import type { Attempt } from '../history/history.types.js';
import type { Claim } from '../client/customer.js';
import type { Random } from '../client/random.js';
import type { Stage } from './stage.js';

export interface DemandOptions {
  /** How many ask at a time. */
  readonly claimers?: number;
  /** Of each template. */
  readonly totalCount?: number;
  /** Before they are gone for good, at 40 ms and an answer each. */
  readonly tries?: number;
}

const PER_USER = 2;
/** There are as many users as coupons, so that some have two and some get none. */
const TOTAL_COUNT = 150;
/** So many answers of "sold out": the next template opens. */
const SOLD_OUT_ENOUGH = 15;
const PATIENCE_MS = 45_000;

export class Demand {
  private readonly running: Promise<void>[] = [];
  private isOver = false;
  private soldOut = 0;
  private isOpening = false;
  private templateId = '';

  constructor(
    private readonly stage: Stage,
    private readonly random: Random,
    private readonly options: DemandOptions = {},
  ) {}

  /** What most ask for now. */
  get current(): string {
    return this.templateId;
  }

  async start(): Promise<void> {
    await this.open();
    const { claimers = 12 } = this.options;
    for (let i = 0; i < claimers; i += 1) this.running.push(this.keepComing());
  }

  /**
   * Waits for so many more answers of requests that are sent from now on.
   * @throws where they do not come
   */
  async more(count: number, isWanted: (attempt: Attempt) => boolean = () => true): Promise<void> {
    const { attempts } = this.stage.customers;
    const fromMs = performance.now();
    const seen = attempts.length;
    const came = () =>
      attempts.slice(seen).filter((attempt) => attempt.invokedMs >= fromMs && isWanted(attempt));
    while (came().length < count) {
      if (performance.now() > fromMs + PATIENCE_MS)
        throw new Error(`${came().length} of ${count} answers came in ${PATIENCE_MS} ms`);
      await sleep(20);
    }
  }

  /** Nobody new comes; who was left without a last word asks once more. @returns how many those were */
  async stop(): Promise<number> {
    await this.abandon();
    const left = unresolved(this.stage.customers.attempts);
    await Promise.all(left.map((claim) => this.stage.customers.insist(claim, 200)));
    const still = unresolved(this.stage.customers.attempts);
    if (still.length > 0) throw new Error(`${still.length} keys were never told how they ended`);
    return left.length;
  }

  /** Nobody new comes. */
  async abandon(): Promise<void> {
    this.isOver = true;
    await Promise.all(this.running);
  }

  private async keepComing(): Promise<void> {
    while (!this.isOver) await this.visit();
  }

  private async visit(): Promise<void> {
    const { stage, random, options } = this;
    const { customers } = stage;
    const { templateId } = this;
    const user = `${templateId.slice(-6)}-${random.below(options.totalCount ?? TOTAL_COUNT)}`;
    const claim = { user, key: `k${random.below(4)}`, templateId };
    const mood = random.next();
    if (mood < 0.05) {
      await customers.attempt(claim);
      return;
    }
    if (mood < 0.15) await Promise.all([customers.attempt(claim), customers.attempt(claim)]);
    const answer = await customers.insist(claim, options.tries ?? 200);
    if (mood > 0.9) await customers.attempt(claim);
    const isRefused = answer.kind === 'REFUSED' && answer.code === 'SOLD_OUT';
    if (isRefused && templateId === this.templateId) this.soldOut += 1;
    if (this.soldOut >= SOLD_OUT_ENOUGH) await this.open().catch(() => undefined);
  }

  /** @throws while MySQL is gone: the sold-out one stays the present one for that long */
  private async open(): Promise<void> {
    if (this.isOpening) return;
    this.isOpening = true;
    try {
      const totalCount = this.options.totalCount ?? TOTAL_COUNT;
      this.templateId = await this.stage.template({ totalCount, perUserLimit: PER_USER });
      this.soldOut = 0;
    } finally {
      this.isOpening = false;
    }
  }
}

export const isCoupon = ({ answer }: Attempt): boolean => answer.kind === 'COUPON';

/** Keys whose last answer was not a last word. */
function unresolved(attempts: readonly Attempt[]): Claim[] {
  const last = new Map<string, Attempt>();
  for (const attempt of attempts) {
    const key = JSON.stringify([attempt.user, attempt.key]);
    const before = last.get(key);
    if (before === undefined || isFinal(attempt.answer) || !isFinal(before.answer))
      last.set(key, attempt);
  }
  return [...last.values()].filter(({ answer }) => !isFinal(answer));
}
