/** The subgraphs of the sample graph, and where their SDL is kept. */
import { readFile } from 'node:fs/promises';

export const SUBGRAPHS = ['coupons', 'orders', 'products', 'users'] as const;
export type SubgraphName = (typeof SUBGRAPHS)[number];
export type SubgraphUrls = Readonly<Record<SubgraphName, string>>;

const SCHEMA = new URL('../../schema/', import.meta.url);

export async function readSdl(name: SubgraphName): Promise<string> {
  const file = name === 'coupons' ? 'coupons.graphql' : `neighbours/${name}.graphql`;
  return readFile(new URL(file, SCHEMA), 'utf8');
}
