/**
 * Sends this process a signal at the Nth time it reaches a named step (src/storage/steps.ts).
 *
 *   CHAOS_AT=commit:inserted#3           kill -9 at the third time
 *   CHAOS_AT=commit:inserted#1=SIGSTOP   freeze at the first time
 *
 * The service knows nothing of it: steps are told to a diagnostics channel, and only this file reads the name.
 */
import { subscribe } from 'node:diagnostics_channel';

const [, step, times, signal = 'SIGKILL'] =
  /^([\w:-]+)#(\d+)(?:=(\w+))?$/.exec(process.env['CHAOS_AT'] ?? '') ?? [];
let left = Number(times);
if (step !== undefined)
  subscribe('coupons:step', (name) => {
    if (name !== step) return;
    left -= 1;
    if (left === 0) process.kill(process.pid, signal);
  });
