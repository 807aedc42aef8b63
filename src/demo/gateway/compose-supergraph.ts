/**
 * The supergraph of the sample graph: the coupons subgraph and its neighbours, composed from their SDL.
 * In a company the schema registry does this; here it is done when the gateway starts.
 */
import { composeServices } from '@apollo/composition';
import { parse } from 'graphql';
import { readSdl, SUBGRAPHS, type SubgraphUrls } from '../subgraphs.js';

/** @throws Error with every reason why the subgraphs do not fit together */
export async function composeSupergraph(urls: SubgraphUrls): Promise<string> {
  const services = await Promise.all(
    SUBGRAPHS.map(async (name) => ({
      name,
      url: urls[name],
      typeDefs: parse(await readSdl(name)),
    })),
  );
  const { supergraphSdl, errors } = composeServices(services);
  if (supergraphSdl !== undefined) return supergraphSdl;
  const reasons = (errors ?? []).map(({ message }) => message);
  throw new Error(`The subgraphs do not compose:\n${reasons.join('\n')}`);
}
