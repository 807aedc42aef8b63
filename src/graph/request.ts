/** What every resolver is given beside its arguments. */
import type { Caller } from '../kernel/caller.js';

export interface RequestContext {
  readonly caller: Caller;
  /** Whether the router proved that it sent this; false also where no proof is asked for. */
  readonly isRouter: boolean;
  /** Found again in the log. */
  readonly requestId: string;
  /** When it arrived, by performance.now(); its deadline counts from here. */
  readonly beganAtMs: number;
}
