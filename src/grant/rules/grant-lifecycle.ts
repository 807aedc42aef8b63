/** The states of a grant and what leads from one to the next. */
import { refuse, to, type Lifecycle } from '../../kernel/lifecycle.js';
import type { GrantStatus } from '../grant.types.js';

export type GrantEvent = 'START' | 'FINISH' | 'STOP' | 'FAIL';

const no = refuse('ILLEGAL_TRANSITION');

export const GRANT_LIFECYCLE: Lifecycle<GrantStatus, GrantEvent> = {
  QUEUED: { START: to('RUNNING'), FINISH: no, STOP: to('STOPPED'), FAIL: to('FAILED') },
  RUNNING: { START: no, FINISH: to('DONE'), STOP: to('STOPPED'), FAIL: to('FAILED') },
  DONE: { START: no, FINISH: no, STOP: no, FAIL: no },
  FAILED: { START: no, FINISH: no, STOP: no, FAIL: no },
  STOPPED: { START: no, FINISH: no, STOP: no, FAIL: no },
};
