/**
 * Our plugins as one. Apollo asks every plugin at every step of a request and waits for each; four plugins
 * with a hook or two were a tenth of a claim answered from memory (docs/performance.md).
 *
 * Only for plugins that keep nothing between the steps of a request: their listener is made once, and is
 * every request's.
 */
import type { ApolloServerPlugin, GraphQLRequestListener } from '@apollo/server';
import type { RequestContext } from '../graph/request.js';

type Plugin = ApolloServerPlugin<RequestContext>;
type Listener = GraphQLRequestListener<RequestContext>;
type Hook = 'didResolveOperation' | 'didEncounterErrors' | 'willSendResponse';
type Step = (context: never) => Promise<void>;

/** @throws where two plugins want to answer operations */
export async function onePlugin(plugins: readonly Plugin[]): Promise<Plugin> {
  const listeners: Listener[] = [];
  for (const plugin of plugins) {
    const listener = await plugin.requestDidStart?.(undefined as never);
    if (listener !== undefined && listener !== null) listeners.push(listener);
  }
  const answering = listeners.filter((listener) => listener.responseForOperation !== undefined);
  if (answering.length > 1) throw new Error('two plugins would answer the same operation');
  const listener: Listener = {
    ...answering[0],
    ...oneAfterAnother(listeners, 'didResolveOperation'),
    ...oneAfterAnother(listeners, 'didEncounterErrors'),
    ...oneAfterAnother(listeners, 'willSendResponse'),
  };
  return { requestDidStart: async () => listener };
}

function oneAfterAnother(listeners: readonly Listener[], hook: Hook): Listener {
  const steps = listeners.flatMap((listener): Step[] => {
    const step: Step | undefined = listener[hook];
    return step === undefined ? [] : [step];
  });
  if (steps.length === 0) return {};
  return {
    [hook]: async (context: never) => {
      for (const step of steps) await step(context);
    },
  };
}
