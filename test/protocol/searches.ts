/**
 * What is searched: the protocol under several sets of faults, each mutation under one of them, and the known
 * gaps. A set is as large as fits a minute and two gigabytes; docs/PROTOCOL.md says what each leaves out.
 */
export interface Search {
  readonly name: string;
  readonly flags: readonly string[];
  /** holds: no violation in all states. caught: a mutation. gap: a limit of the protocol that is known. */
  readonly expected: 'holds' | 'caught' | 'gap';
  /** Part of the short check that CI runs. */
  readonly isQuick: boolean;
}

const CRASH_REWIND = '-DREPEATS=0 -DLOST=0';
const TWO_USERS = '-DCLAIMS=2';
const DOWN_ALONE = '-DCLAIMS=1 -DDOWN=1 -DLOST=0 -DCRASHES=0';
const NO_REDIS = '-DREWINDS=0 -DLINKS=1';
const NO_MYSQL = '-DREWINDS=0 -DCRASHES=0 -DLOST=0 -DDOWN=1';
const SAME_RUN = '-DSAME_RUN -DKEEP_ALL -DMARK -DREPEATS=0 -DLOST=0';
const SAME_RUN_ALONE = `${SAME_RUN} -DCLAIMS=1 -DCRASHES=0`;

export const SEARCHES: readonly Search[] = [
  holds('three users: a crash and a rewind', CRASH_REWIND),
  holds('two users: crash, rewind, lost COMMIT, ask again', TWO_USERS, 'deep'),
  holds('two users: the same, and MySQL refuses', `${TWO_USERS} -DDOWN=1`, 'deep'),
  holds('two users: crash, rewind, lost Redis answer', '-DCLAIMS=2 -DLINKS=1 -DLOST=0', 'deep'),
  holds('three users: lost COMMIT, lost Redis answer', `${NO_REDIS} -DCRASHES=0`),
  holds('three users: the same, and a crash', NO_REDIS, 'deep'),
  holds('three users: a script comes late', `${NO_MYSQL} -DLATE=1`, 'deep'),
  holds(
    'two coupons: a crash and MySQL refuses',
    '-DREWINDS=0 -DLOST=0 -DDOWN=1 -DTOTAL=2',
    'deep',
  ),
  holds('two keys of one user: a crash', '-DREWINDS=0 -DLOST=0 -DSAME_USER -DTOTAL=2', 'deep'),
  holds('rewind in one life: total and limit', `${SAME_RUN} -DMYSQL_ONLY`, 'deep'),
  holds('rewind in one life: seen by the mark', SAME_RUN_ALONE),

  caught('no epoch in the guard', 'NO_EPOCH_GUARD', '-DLOST=0'),
  caught('no total in the guard', 'NO_TOTAL_GUARD', `${SAME_RUN} -DMYSQL_ONLY`, 'deep'),
  caught('no unique slot', 'NO_SLOT_KEY', `${SAME_RUN} -DMYSQL_ONLY -DSAME_USER -DTOTAL=2`, 'deep'),
  caught('journal entry deleted before COMMIT', 'FORGET_FIRST', CRASH_REWIND),
  caught('unknown COMMIT compensated', 'COMPENSATE_UNKNOWN', TWO_USERS),
  caught('gate opened before the epoch is raised', 'OPEN_BEFORE_RAISE', CRASH_REWIND),
  caught('given back without the token', 'NO_TOKEN', NO_MYSQL),
  caught('taken over without a new token', 'TAKE_OVER_KEEPS_TOKEN', NO_MYSQL, 'deep'),
  caught('missing gate means the total', 'MISSING_MEANS_TOTAL', '-DCLAIMS=2 -DCRASHES=0 -DLOST=0'),
  caught('run id not looked at', 'NO_RUN_ID', `${CRASH_REWIND} -DKEEP_ALL`),
  caught('sequence mark not looked at', 'NO_MARK', SAME_RUN_ALONE),
  caught('known epoch not looked at', 'NO_KNOWN_EPOCH', NO_REDIS, 'deep'),
  caught('refusal answered from an old gate', 'OLD_GATE_REFUSES', NO_REDIS, 'deep'),
  caught('direct claim without raising the epoch', 'DIRECT_WITHOUT_RAISE', NO_REDIS),
  caught('open journal listed after the gate opens', 'LIST_AFTER_OPEN', '-DCLAIMS=1', 'deep'),
  caught('given back to a gate of another life', 'TOKEN_OF_ANY_LIFE', DOWN_ALONE, 'deep'),
  caught('taken over from a gate of another life', 'TAKE_OVER_OF_ANY_LIFE', DOWN_ALONE, 'deep'),

  gap('a retry meets a process with an old view', `${NO_REDIS} -DSTALE_VIEW`),
  gap('rewind in one life: refusals', '-DSAME_RUN -DKEEP_ALL -DMARK -DCLAIMS=2 -DCRASHES=0'),
  gap(
    'a script comes later than the next ask',
    '-DREWINDS=0 -DCRASHES=0 -DLATE=1 -DDOWN=1 -DCLAIMS=2',
  ),
];

function holds(name: string, flags: string, size: 'quick' | 'deep' = 'quick'): Search {
  return { name, flags: flags.split(' '), expected: 'holds', isQuick: size === 'quick' };
}

function caught(
  name: string,
  mutation: string,
  flags: string,
  size: 'quick' | 'deep' = 'quick',
): Search {
  const all = [...flags.split(' '), `-DM_${mutation}`];
  return { name, flags: all, expected: 'caught', isQuick: size === 'quick' };
}

function gap(name: string, flags: string): Search {
  return { name, flags: flags.split(' '), expected: 'gap', isQuick: false };
}
