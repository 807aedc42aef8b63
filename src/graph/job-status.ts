/** The states of long work that operators start: a batch of codes, a grant. */
import { enumOf } from './enum-of.js';

export const JobStatusEnum = enumOf('JobStatus', [
  'QUEUED',
  'RUNNING',
  'DONE',
  'FAILED',
  'STOPPED',
]);
