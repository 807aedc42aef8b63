/** The sample neighbour that owns users: everybody exists, and has a name made from the id. */
import { requireIdentity, type NeighbourContext } from './serve-subgraph.js';

const FIRST = ['Anna', 'Bert', 'Chen', 'Dana', 'Emil', 'Fay', 'Goro', 'Hana', 'Ivan', 'Jun'];
const LAST = ['Abe', 'Berg', 'Cruz', 'Diaz', 'Egli', 'Fuchs', 'Gao', 'Huang', 'Ito', 'Jones'];

export const userResolvers = {
  Query: {
    me: (_source: unknown, _args: unknown, context: NeighbourContext) =>
      userOf(requireIdentity(context).userId),
    user: (_source: unknown, { id }: { id: string }) => userOf(id),
  },
  User: { __resolveReference: async ({ id }: { id: string }) => userOf(id) },
};

function userOf(id: string): { id: string; name: string } {
  const number = Number(/\d+$/.exec(id)?.[0] ?? id.length);
  const first = FIRST[number % FIRST.length]!;
  const last = LAST[Math.floor(number / FIRST.length) % LAST.length]!;
  return { id, name: `${first} ${last}` };
}
