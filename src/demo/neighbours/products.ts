/** The sample neighbour that owns products. */

export interface Product {
  readonly id: string;
  readonly title: string;
  readonly categoryIds: readonly string[];
  readonly price: { readonly amount: string; readonly currency: string };
}

export const PRODUCTS: readonly Product[] = [
  product('headphones', 'Headphones', '399.00', 'electronics'),
  product('keyboard', 'Keyboard', '259.00', 'electronics', 'office'),
  product('tea', 'Green tea, 250 g', '45.50', 'food'),
  product('lamp', 'Desk lamp', '89.90', 'home', 'office'),
  product('notebook', 'Notebook', '19.99', 'office'),
];

export const productResolvers = {
  Query: {
    products: () => PRODUCTS,
    product: (_source: unknown, { id }: { id: string }) => productById(id),
  },
  Product: { __resolveReference: async ({ id }: { id: string }) => productById(id) },
};

export function productById(id: string): Product | null {
  return PRODUCTS.find((product) => product.id === id) ?? null;
}

function product(id: string, title: string, amount: string, ...categoryIds: string[]): Product {
  return { id, title, categoryIds, price: { amount, currency: 'CNY' } };
}
