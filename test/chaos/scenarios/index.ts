/** Every scenario, in the order in which they are played. */
import { bothStores } from './both-stores.js';
import { clockJumps } from './clock-jumps.js';
import { crashStorm } from './crash-storm.js';
import { diskFull } from './disk-full.js';
import { doubleClick } from './double-click.js';
import { freeze } from './freeze.js';
import { mysqlKill } from './mysql-kill.js';
import { oneBrokenLink } from './one-broken-link.js';
import { poolExhaustion } from './pool-exhaustion.js';
import { recordBehind } from './record-behind.js';
import { redisDown } from './redis-down.js';
import { redisEmpty } from './redis-empty.js';
import { redisRewind } from './redis-rewind.js';
import { retryStorm } from './retry-storm.js';
import { roles } from './roles.js';
import { rollingRestart } from './rolling-restart.js';
import { socketFaults } from './socket-faults.js';
import { staleReplica } from './stale-replica.js';
import { toldAndGiven } from './told-and-given.js';
import { twoWorkers } from './two-workers.js';
import { versionBefore } from './version-before.js';
import { zombie } from './zombie.js';
import type { Scenario } from './scenario.js';

export const SCENARIOS: readonly Scenario[] = [
  crashStorm,
  rollingRestart,
  roles,
  clockJumps,
  doubleClick,
  retryStorm,
  zombie,
  twoWorkers,
  toldAndGiven,
  redisRewind,
  redisEmpty,
  redisDown,
  oneBrokenLink,
  mysqlKill,
  freeze,
  socketFaults,
  poolExhaustion,
  diskFull,
  bothStores,
  staleReplica,
  recordBehind,
  versionBefore,
];
