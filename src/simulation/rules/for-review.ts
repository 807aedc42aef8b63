/** What a reviewer must have seen of a simulation, in a few facts: they stand in the audit of the review. */
import { formatMinor } from '../../kernel/money.js';
import type { Simulation } from '../simulation.types.js';

/** Whoever ran it is in the audit already, and events carry these facts too: no name is among them. */
export function factsForReview(simulation: Simulation): Readonly<Record<string, unknown>> {
  const { simulatedAtMs, orders, hit, costMinor, currency, isComplete, conflicts } = simulation;
  return {
    simulatedAt: new Date(simulatedAtMs).toISOString(),
    orders,
    hit,
    cost: { amount: formatMinor(costMinor, currency), currency },
    isComplete,
    conflicts: conflicts.length,
  };
}
