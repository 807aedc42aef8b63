/** What every resolver is given beside its arguments. */
import type { Caller } from '../kernel/caller.js';

export interface RequestContext {
  readonly caller: Caller;
  /** Found again in the log. */
  readonly requestId: string;
}
