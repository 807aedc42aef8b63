/**
 * Runs a template over past orders, and keeps the summary with its version for whoever reviews it.
 *
 * Nothing of a customer changes. The work is bounded by orders and by time, gives way to other requests
 * between orders, and one simulation runs at a time in a process.
 */
import { setImmediate as giveWay } from 'node:timers/promises';
import {
  SIMULATED_ORDERS_MAX,
  SIMULATION_GIVES_WAY_MS,
  SIMULATION_MS,
  STORED_ORDERS_MAX,
} from '../config/limits.js';
import { requireScope, type Caller } from '../kernel/caller.js';
import type { Clock } from '../kernel/clock.js';
import { isId } from '../kernel/ids.js';
import { requireInput } from '../kernel/input-error.js';
import { rejection } from '../kernel/rejection.js';
import { ok, rejected, type Result } from '../kernel/result.js';
import { readCart, type SentCart } from '../quote/rules/read-cart.js';
import { settled } from '../storage/as-rejection.js';
import type { Database } from '../storage/database.js';
import { readTemplates } from '../template/template.store.js';
import type { Template } from '../template/template.types.js';
import { SimulationTally } from './rules/simulation-tally.js';
import { keepSimulation, paidOrders, runningTemplates } from './simulation.store.js';
import type { PastOrder, Simulation } from './simulation.types.js';

export interface SentOrder extends SentCart {
  /** Templates of which the customer held one coupon each. */
  readonly heldTemplateIds: readonly string[];
}

export interface SimulationRequest {
  readonly templateId: string;
  /** Either these, or the time in which stored orders were made. */
  readonly orders: readonly SentOrder[] | null;
  readonly fromMs: number | null;
  readonly untilMs: number | null;
}

export class SimulateTemplate {
  private isRunning = false;

  constructor(
    private readonly database: Database,
    private readonly clock: Clock,
    private readonly maxCoupons: number,
  ) {}

  /** OVERLOADED while another one runs in this process. @throws NotAuthenticated · NotAllowed · InputError */
  async run(caller: Caller, request: SimulationRequest): Promise<Result<Simulation>> {
    const actor = requireScope(caller, 'coupons:admin');
    checkRequest(request);
    if (!isId(request.templateId)) return rejected(rejection('TEMPLATE_NOT_FOUND'));
    if (this.isRunning) return rejected(rejection('OVERLOADED'));
    this.isRunning = true;
    return settled(() => this.simulate(actor, request)).finally(() => (this.isRunning = false));
  }

  private async simulate(actor: string, request: SimulationRequest): Promise<Result<Simulation>> {
    const endMs = performance.now() + SIMULATION_MS;
    const [template] = await readTemplates(this.database, [request.templateId]);
    if (template === undefined) return rejected(rejection('TEMPLATE_NOT_FOUND'));
    const simulatedAtMs = this.clock.nowMs();
    const running = (await runningTemplates(this.database, simulatedAtMs)).filter(
      ({ id }) => id !== template.id,
    );
    const orders = await this.ordersOf(request);
    const tally = new SimulationTally(template.rules, this.maxCoupons);
    const isComplete = await addAll(orders, tally, endMs);
    const simulation = { ...tally.summary(running, isComplete), simulatedAtMs, actor };
    await keepSimulation(this.database, template, simulation);
    return ok(simulation);
  }

  private async ordersOf({
    orders,
    fromMs,
    untilMs,
  }: SimulationRequest): Promise<Iterable<PastOrder> | AsyncIterable<PastOrder>> {
    if (orders === null) return paidOrders(this.database, fromMs!, untilMs!);
    const ids = [...new Set(orders.flatMap(({ heldTemplateIds }) => heldTemplateIds))];
    const known = new Map(
      (await readTemplates(this.database, ids.filter(isId))).map((one) => [one.id, one]),
    );
    return orders.map((order, i) => readOrder(order, known, `input.orders[${i}]`));
  }
}

/** @returns whether all orders were simulated */
async function addAll(
  orders: Iterable<PastOrder> | AsyncIterable<PastOrder>,
  tally: SimulationTally,
  endMs: number,
): Promise<boolean> {
  let count = 0;
  let restMs = performance.now() + SIMULATION_GIVES_WAY_MS;
  for await (const order of orders) {
    if (count === STORED_ORDERS_MAX || performance.now() >= endMs) return false;
    tally.add(order);
    count += 1;
    if (performance.now() < restMs) continue;
    await giveWay();
    restMs = performance.now() + SIMULATION_GIVES_WAY_MS;
  }
  return true;
}

function readOrder(
  sent: SentOrder,
  known: ReadonlyMap<string, Template>,
  field: string,
): PastOrder {
  const held = sent.heldTemplateIds.map((templateId, i) => {
    const template = known.get(templateId);
    requireInput(template !== undefined, `${field}.heldTemplateIds[${i}]`, 'is not a template');
    const { rules } = template;
    const { redPacket, totalCount } = rules;
    const mean = redPacket && Math.floor(redPacket.budgetMinor / Math.max(1, totalCount ?? 1));
    return { couponId: `${templateId}-${i}`, templateId, rules, faceValueMinor: mean };
  });
  return { cart: readCart(sent, field), held };
}

function checkRequest({ orders, fromMs, untilMs }: SimulationRequest): void {
  const isStored = fromMs !== null && untilMs !== null;
  requireInput(
    (orders === null) === isStored && (fromMs === null) === (untilMs === null),
    'input.orders',
    'is given, or from and until are',
  );
  requireInput(!isStored || fromMs <= untilMs, 'input.until', 'is before from');
  requireInput(
    (orders?.length ?? 0) <= SIMULATED_ORDERS_MAX,
    'input.orders',
    `has more than ${SIMULATED_ORDERS_MAX} orders`,
  );
  orders?.forEach(({ heldTemplateIds }, i) =>
    requireInput(
      heldTemplateIds.length <= HELD_MAX,
      `input.orders[${i}].heldTemplateIds`,
      `has more than ${HELD_MAX} templates`,
    ),
  );
}

/** Coupons beside one order: a wallet that is worth a search, and short enough for a thousand of them. */
const HELD_MAX = 20;
