/** The moves of an endpoint. A disabled one keeps its place in the log; a deleted one is gone for good. */
import { refuse, to, type Lifecycle } from '../../kernel/lifecycle.js';
import type { EndpointStatus } from '../webhook.types.js';

export type EndpointEvent = 'EDIT' | 'ROTATE' | 'ENABLE' | 'DISABLE' | 'DELETE' | 'REPLAY';

const no = refuse('ILLEGAL_TRANSITION');
const gone = refuse('WEBHOOK_NOT_FOUND');

export const ENDPOINT_LIFECYCLE: Lifecycle<EndpointStatus, EndpointEvent> = {
  ENABLED: {
    EDIT: to('ENABLED'),
    ROTATE: to('ENABLED'),
    ENABLE: no,
    DISABLE: to('DISABLED'),
    DELETE: to('DELETED'),
    REPLAY: to('ENABLED'),
  },
  DISABLED: {
    EDIT: to('DISABLED'),
    ROTATE: to('DISABLED'),
    ENABLE: to('ENABLED'),
    DISABLE: no,
    DELETE: to('DELETED'),
    REPLAY: to('DISABLED'),
  },
  DELETED: {
    EDIT: gone,
    ROTATE: gone,
    ENABLE: gone,
    DISABLE: gone,
    DELETE: gone,
    REPLAY: gone,
  },
};
