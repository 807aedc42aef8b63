/** Every scenario, in the order in which they are played. */
import { doubleClick } from './double-click.js';
import { retryStorm } from './retry-storm.js';
import type { Scenario } from './scenario.js';

export const SCENARIOS: readonly Scenario[] = [doubleClick, retryStorm];
