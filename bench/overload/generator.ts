/**
 * The load, in a process of its own, told what to do over IPC and answering with counts.
 *
 * Open loop: requests are due at a fixed rate, whatever the service does, and a latency begins when the
 * request was due, not when a connection was free. Closed loop: each connection asks again when answered.
 */
import { performance } from 'node:perf_hooks';
import { Client, type Dispatcher } from 'undici';
import { Tally, type Outcome, type Report } from './tally.js';

export interface Job {
  readonly origin: string;
  readonly path: string;
  /** Requests of one job take users, each with a token, in turn. */
  readonly tokens: readonly string[];
  readonly templateId: string;
  readonly connections: number;
  readonly seconds: number;
  /** Requests a second; undefined: closed loop. */
  readonly rate?: number;
  /** Makes idempotency keys of this job unlike those of others. */
  readonly label: string;
}

export const CLAIM = `mutation Claim($input: ClaimCouponInput!) { claimCoupon(input: $input) {
  __typename ... on CouponClaimed { replayed coupon { id code status expiresAt } }
  ... on Rejection { code message retryable retryAfter } } }`;

/** Requests that are due and have no connection; beyond it they count as lost, so that memory is bounded. */
const WAITING_MAX = 50_000;

class Load {
  private readonly idle: Client[];
  private readonly waiting: { readonly number: number; readonly dueMs: number }[] = [];
  private next = 0;
  private inFlight = 0;
  private readonly tally: Tally;

  constructor(private readonly job: Job) {
    this.tally = new Tally(performance.now());
    this.idle = Array.from({ length: job.connections }, () => new Client(job.origin));
  }

  async run(): Promise<Report> {
    const clients = [...this.idle];
    const startMs = performance.now();
    const endMs = startMs + this.job.seconds * 1_000;
    await (this.job.rate === undefined ? this.closed(endMs) : this.open(startMs, endMs));
    const settledMs = performance.now() + 15_000;
    while (this.inFlight > 0 && performance.now() < settledMs) await pause(5);
    await Promise.all(clients.map((client) => client.destroy()));
    return this.tally.report(this.job.seconds);
  }

  private async closed(endMs: number): Promise<void> {
    const again = (): void => {
      if (performance.now() < endMs) this.send(this.next++, performance.now(), again);
    };
    for (let i = this.idle.length; i > 0; i -= 1) again();
    await pause(endMs - performance.now());
  }

  private async open(startMs: number, endMs: number): Promise<void> {
    const everyMs = 1_000 / this.job.rate!;
    for (let nowMs = startMs; nowMs < endMs; nowMs = performance.now()) {
      for (; startMs + this.next * everyMs <= nowMs; this.next += 1)
        this.due(this.next, startMs + this.next * everyMs);
      await pause(1);
    }
    for (const { dueMs } of this.waiting.splice(0)) this.tally.add('unsent', dueMs, endMs);
  }

  private due(number: number, dueMs: number): void {
    if (this.idle.length > 0) this.send(number, dueMs, this.takeNext);
    else if (this.waiting.length < WAITING_MAX) this.waiting.push({ number, dueMs });
    else this.tally.add('unsent', dueMs, performance.now());
  }

  private readonly takeNext = (): void => {
    const first = this.waiting.shift();
    if (first !== undefined) this.send(first.number, first.dueMs, this.takeNext);
  };

  private send(number: number, dueMs: number, then: () => void): void {
    const { job } = this;
    const client = this.idle.pop()!;
    const done = (outcome: Outcome): void => {
      this.inFlight -= 1;
      this.idle.push(client);
      this.tally.add(outcome, dueMs, performance.now());
      then();
    };
    this.inFlight += 1;
    const input = { templateId: job.templateId, idempotencyKey: `${job.label}-${number}` };
    client.dispatch(
      {
        path: job.path,
        method: 'POST',
        headers: {
          'content-type': 'application/json',
          authorization: `Bearer ${job.tokens[number % job.tokens.length]}`,
        },
        body: JSON.stringify({ query: CLAIM, variables: { input } }),
      },
      answerHandler(done),
    );
  }
}

function answerHandler(done: (outcome: Outcome) => void): Dispatcher.DispatchHandler {
  let status = 0;
  let text = '';
  return {
    onRequestStart: () => undefined,
    onResponseStart: (_controller, statusCode) => void (status = statusCode),
    onResponseData: (_controller, chunk) => void (text += chunk.toString('latin1')),
    onResponseEnd: () => done(outcomeOf(status, text)),
    onResponseError: () => done('error'),
  };
}

function outcomeOf(status: number, text: string): Outcome {
  if (text.includes('"CouponClaimed"')) return 'claimed';
  if (status === 503 && text.includes('OVERLOADED')) return 'shedHard';
  if (text.includes('"OVERLOADED"')) return 'shedSoft';
  if (text.includes('"SOLD_OUT"')) return 'soldOut';
  return 'other';
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => {
    setTimeout(resolve, Math.max(0, ms));
  });
}

process.on('message', (job: Job) => {
  void new Load(job).run().then((report) => process.send!(report));
});
process.on('disconnect', () => process.exit(0));
