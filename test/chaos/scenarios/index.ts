/** Every scenario, in the order in which they are played. */
import { clockJumps } from './clock-jumps.js';
import { crashStorm } from './crash-storm.js';
import { doubleClick } from './double-click.js';
import { retryStorm } from './retry-storm.js';
import { rollingRestart } from './rolling-restart.js';
import { zombie } from './zombie.js';
import type { Scenario } from './scenario.js';

export const SCENARIOS: readonly Scenario[] = [
  crashStorm,
  rollingRestart,
  clockJumps,
  doubleClick,
  retryStorm,
  zombie,
];
