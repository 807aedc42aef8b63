import type { Condition } from './condition.types.js';

/** No levels named means everyone; a user of no level has none of those named. */
export const levelAllowed: Condition = {
  code: 'USER_LEVEL_NOT_ELIGIBLE',
  holds: ({ rules }, { userLevel }) =>
    rules.userLevels.length === 0 || (userLevel !== null && rules.userLevels.includes(userLevel)),
};
