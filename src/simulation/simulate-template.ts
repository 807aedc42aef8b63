/**
 * Runs a template over past orders. Of a stored one the summary stays with its version, for whoever reviews it;
 * of one that is not written yet nothing stays.
 *
 * Nothing of a customer changes. The work is bounded by orders and by time, gives way to other requests
 * between orders, and one simulation runs at a time in a process.
 */
import { setImmediate as giveWay } from 'node:timers/promises';
import { SIMULATION_GIVES_WAY_MS, SIMULATION_MS, STORED_ORDERS_MAX } from '../config/limits.js';
import { requireScope, type Caller } from '../kernel/caller.js';
import type { Clock } from '../kernel/clock.js';
import { isId } from '../kernel/ids.js';
import { rejection } from '../kernel/rejection.js';
import { ok, rejected, type Result } from '../kernel/result.js';
import { settled } from '../storage/as-rejection.js';
import type { Database } from '../storage/database.js';
import { readRules } from '../template/rules/read-rules.js';
import { readTemplates } from '../template/template.store.js';
import type { Template, TemplateRules } from '../template/template.types.js';
import { checkRequest, readOrder, type SimulationRequest } from './rules/read-request.js';
import { SimulationTally } from './rules/simulation-tally.js';
import { keepSimulation, paidOrders, runningTemplates } from './simulation.store.js';
import type { PastOrder, Simulation } from './simulation.types.js';

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
    const draft = request.template && readRules(request.template, 'input.template');
    if (this.isRunning) return rejected(rejection('OVERLOADED'));
    this.isRunning = true;
    return settled(() => this.simulate(actor, request, draft)).finally(
      () => (this.isRunning = false),
    );
  }

  /** @param draft rules that are stored nowhere; null: those of the template that the request names */
  private async simulate(
    actor: string,
    request: SimulationRequest,
    draft: TemplateRules | null,
  ): Promise<Result<Simulation>> {
    const endMs = performance.now() + SIMULATION_MS;
    const stored = await this.storedOf(request);
    const rules = draft ?? stored?.rules;
    if (rules === undefined) return rejected(rejection('TEMPLATE_NOT_FOUND'));
    const simulatedAtMs = this.clock.nowMs();
    const running = (await runningTemplates(this.database, simulatedAtMs)).filter(
      ({ id }) => id !== stored?.id,
    );
    const orders = await this.ordersOf(request);
    const tally = new SimulationTally(rules, this.maxCoupons);
    const isComplete = await addAll(orders, tally, endMs);
    const simulation = { ...tally.summary(running, isComplete), simulatedAtMs, actor };
    if (stored !== undefined) await keepSimulation(this.database, stored, simulation);
    return ok(simulation);
  }

  private async storedOf({ templateId }: SimulationRequest): Promise<Template | undefined> {
    if (templateId === null || !isId(templateId)) return undefined;
    return (await readTemplates(this.database, [templateId]))[0];
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
