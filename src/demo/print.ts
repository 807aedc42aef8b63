/** How the demo prints: lines, tables, and one receipt a purchase. */
import type { Purchase } from './checkout.js';

const WIDTH = 58;
const RULE = '─'.repeat(WIDTH);

export function say(text: string): void {
  process.stdout.write(`${text}\n`);
}

export function count(number: number): string {
  return number.toLocaleString('en');
}

export function receipt({ cart, paid, returned }: Purchase): string {
  const quote = cart.discountQuote!;
  const currency = quote.subtotal.currency;
  const shares = new Map(quote.lines.map((line) => [line.lineId, line]));
  const lines = cart.lines.flatMap(({ id, quantity, product }) => {
    const { subtotal, discount } = shares.get(id)!;
    const isCut = /[1-9]/.test(discount.amount);
    return [
      row(`${String(quantity).padStart(2)} × ${product.title}`, subtotal.amount),
      ...(isCut ? [row('     discount', `-${discount.amount}`)] : []),
    ];
  });
  const coupons = quote.applied.map(({ coupon, discount }) =>
    row(`  ${coupon.template.name}`, `-${discount.amount}`),
  );
  const best = quote.optimality === 'PROVED' ? 'proved best' : 'best found';
  const refund = returned && [
    row('Returned, paid back', `-${returned.paidBack.amount}`),
    row('  discount that went with it', returned.redemption!.refunded.amount),
  ];
  return box(`${cart.customer.name} · order ${cart.id.slice(-8)}`, [
    ...lines,
    RULE,
    row(`Coupons (${best} of ${quote.options.length})`, `-${quote.discount.amount}`),
    ...coupons,
    RULE,
    row(`Paid, ${currency}`, paid.total!.amount),
    ...(refund ?? []),
    row('Coupons are', (returned ?? paid).redemption!.status),
  ]);
}

export function table(rows: readonly (readonly [name: string, value: string])[]): string {
  const width = Math.max(...rows.map(([name]) => name.length));
  return rows.map(([name, value]) => `  ${name.padEnd(width)}   ${value}`).join('\n');
}

function row(name: string, value: string): string {
  return name.padEnd(WIDTH - value.length) + value;
}

function box(title: string, lines: readonly string[]): string {
  const head = `┌ ${title} ${'─'.repeat(WIDTH - title.length)}┐`;
  const body = lines.map((line) => `│ ${line} │`);
  return [head, ...body, `└${'─'.repeat(WIDTH + 2)}┘`].map((line) => `  ${line}`).join('\n');
}
