/**
 * Bounds of a quote. They keep every sum a safe integer and every quote short enough that other
 * requests do not wait for it.
 */

/** Lines in a cart. A thousand is far beyond a shopper's cart and still prices in a few milliseconds. */
export const MAX_CART_LINES = 1_000;

/** Units of one line. With the largest price the total may still be refused, see MAX_SUBTOTAL_MINOR. */
export const MAX_LINE_QUANTITY = 1_000_000;

/** Characters of a line, product or category id: longer ones are a mistake, and ids are compared often. */
export const MAX_ID_LENGTH = 128;

/** Categories of one line: a product's path through a few category trees. */
export const MAX_LINE_CATEGORIES = 50;

/** Minor units of a whole cart: sums stay exact integers up to here; products beyond go through bigint. */
export const MAX_SUBTOTAL_MINOR = Number.MAX_SAFE_INTEGER;
