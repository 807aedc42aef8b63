/** What is asked: a checkout page's cart of ten lines, and all that it shows of the answer. */
const QUERY = `query Quote($input: QuoteDiscountInput!) { quoteDiscount(input: $input) {
  id subtotal { amount } discount { amount } payable { amount } optimality expiresAt
  lines { lineId discount { amount } payable { amount } }
  applied { coupon { id status } discount { amount } lines { lineId discount { amount } } }
  options { coupon { id expiresAt } applied saves { amount } reason { code message } } } }`;

/** Every request has another product in its first line, so that no two of a round are the same quote. */
export function quoteBody(): string {
  const lines = Array.from({ length: 10 }, (_, i) => ({
    lineId: `L${i}`,
    productId: i === 0 ? 'P%KEY%' : `P${i}`,
    categoryIds: [`C${i % 3}`],
    unitPrice: { amount: `${20 + i * 7}.50`, currency: 'CNY' },
    quantity: 1 + (i % 3),
  }));
  const input = { currency: 'CNY', lines };
  return JSON.stringify({ query: QUERY, variables: { input } });
}
