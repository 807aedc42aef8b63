/**
 * The gauges of what a worker reads from MySQL at intervals. A template is a label only while it is among
 * the STOCK_SHOWN_MAX with the least left, so the number of series is bounded whatever operators create.
 */
import { Gauge, type Registry } from 'prom-client';
import type { Numbers } from '../numbers/numbers.types.js';

/** The label of all templates that are not shown by themselves. */
const OTHERS = 'others';

export function numbersMetrics(registry: Registry) {
  const gauge = (name: string, help: string, ...labelNames: string[]): Gauge =>
    new Gauge({ name, help, labelNames, registers: [registry] });
  const share = gauge(
    'coupons_template_remaining_share',
    'What a template that is being issued has left of its total, 0 to 1: those with the least, and all others together.',
    'template',
  );
  const remaining = gauge(
    'coupons_template_remaining',
    'How many coupons a template that is being issued has left: those with the least share, and all others together.',
    'template',
  );
  const templates = gauge('coupons_templates', 'Templates by their status.', 'status');
  const coupons = gauge(
    'coupons_coupons',
    'Coupons by what became of them, as the worker counted last; expiring are among the unused.',
    'state',
  );
  const quarantined = gauge(
    'coupons_quarantined_claims',
    'Reservations that could not be committed and were set aside.',
  );
  const readAt = gauge(
    'coupons_numbers_read_timestamp_seconds',
    'When this worker read the gauges of MySQL last.',
  );
  return {
    showNumbers: (numbers: Numbers): void => {
      share.reset();
      remaining.reset();
      const others = { templateId: OTHERS, ...numbers.others };
      for (const stock of [...numbers.lowest, ...(others.total > 0 ? [others] : [])]) {
        const template = stock.templateId;
        share.set({ template }, stock.total === 0 ? 0 : stock.remaining / stock.total);
        remaining.set({ template }, stock.remaining);
      }
      templates.reset();
      for (const [status, count] of Object.entries(numbers.templates))
        templates.set({ status }, count);
      for (const [state, count] of Object.entries(numbers.coupons)) coupons.set({ state }, count);
      quarantined.set(numbers.quarantined);
      readAt.setToCurrentTime();
    },
  };
}
