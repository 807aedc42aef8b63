/** The environment of a service in which `crash-at` waits for a step. */
import type { Step } from '../../../src/storage/steps.js';

/** Steps between the statements of a commit, which one in a packet does not have. */
const BETWEEN_STATEMENTS: readonly Step[] = ['commit:opened', 'commit:inserted', 'commit:guarded'];

/** @param nth the time it is reached, from 1  @param signal what it gets there instead of SIGKILL */
export function atStep(step: Step, nth = 1, signal?: NodeJS.Signals): Record<string, string> {
  const CHAOS_AT = `${step}#${nth}${signal === undefined ? '' : `=${signal}`}`;
  return BETWEEN_STATEMENTS.includes(step) ? { CHAOS_AT, MYSQL_PACKETS: 'off' } : { CHAOS_AT };
}
