/** The SDL of the subgraph without any store: resolvers are built but never asked. */
import type { App } from '../app.js';
import { buildSubgraph } from './build-schema.js';
import { createResolvers } from './resolvers.js';

export async function emitSdl(): Promise<string> {
  const { resolvers, references } = createResolvers({ redemptions: {} } as unknown as App);
  return (await buildSubgraph(resolvers, references)).sdl;
}
