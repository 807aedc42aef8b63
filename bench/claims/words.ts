/** What this bench says of its lanes. */
import type { Words } from '../kit/lanes.js';
import type { Lane } from './rounds.js';

export const WORDS: Words<Lane> = {
  bench: 'claims',
  told: {
    echo: 'node:http echo',
    standalone: 'Apollo startStandaloneServer, hello, same authentication',
    constant: 'this service, claim answered from memory',
    soldout: 'this service, sold out',
    durable: '**this service, durable claim**',
    statements: 'the same, committed statement by statement',
    unguarded: 'the same, no device to count',
    afterRedis: 'the same, answered after Redis',
    forUpdate: 'the same, SELECT … FOR UPDATE for each claim',
  },
  subject: 'durable',
  ratios: {
    durable_constant: ['durable', 'constant'],
    durable_standalone: ['durable', 'standalone'],
    durable_forupdate: ['durable', 'forUpdate'],
    constant_echo: ['constant', 'echo'],
    soldout_constant: ['soldout', 'constant'],
    durable_statements: ['durable', 'statements'],
    unguarded_durable: ['unguarded', 'durable'],
    durable_afterredis: ['durable', 'afterRedis'],
  },
};
