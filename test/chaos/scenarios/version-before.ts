/**
 * A deployment from the version before: a process of each version on the same stores, each killed once while
 * the other settles what it left, and then the older one is replaced as a balancer would.
 *
 * The version before is the last whose journal entries had no version and no number, whose gates were
 * believed by the run of the server alone, and whose tables had less than these.
 */
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { buildVersion, hasVersion } from '../arena/build-version.js';
import type { RulesInput } from '../../../src/template/rules/rules-input.js';
import type { Crew } from '../arena/crew.js';
import type { Attempt } from '../history/history.types.js';
import type { Stage } from '../stage/stage.js';
import { Crowd } from '../storm/crowd.js';
import { Broken, onStage, type Context, type Scenario } from './scenario.js';

const COMMIT = 'b4febff6f3362b337c635ecfd1114f42097aa912';
const SEATS = ['before', 'now'];
const BESIDE_MS = 2_000;
const BESIDE_AT_NIGHT_MS = 15_000;
/** What a platform gives a process to end; the version before does not end while connections are kept. */
const GRACE_MS = 3_000;
/** Until the balancer has noticed. */
const NOTICE_MS = 50;
/**
 * A gate is built for the first claim, again for the version that does not believe what the other built, and
 * whenever Redis could not be asked. Two versions that never agree build it with every other claim.
 */
const BUILT_MAX = 8;

export const versionBefore: Scenario = {
  name: 'version-before',
  proves:
    'The version before and this one keep all promises side by side, and while one replaces the other.',
  isInCi: false,
  play: async (context) => {
    if (await hasVersion(COMMIT)) return onStage(context, (stage) => deploy(context, stage));
    const figures = 'not played: this checkout has no history';
    return { figures, broken: context.isNight ? [`${figures}: git fetch --unshallow`] : [] };
  },
};

async function deploy({ arena, random, isNight }: Context, stage: Stage): Promise<string> {
  const before = await buildVersion(COMMIT, join(arena.folder, 'before'));
  const besideMs = isNight ? BESIDE_AT_NIGHT_MS : BESIDE_MS;
  const state = { isReplaced: false };
  const holder: { crew?: Crew } = {};
  const crowd = new Crowd(
    { ...stage, template: (rules) => olderTemplate(stage, rules) },
    random,
    () => holder.crew?.urls() ?? [],
  );
  const crew = await stage.hire({
    seats: SEATS,
    life: (seat) => {
      const life = stage.life('all');
      return seat === 'before' && !state.isReplaced ? { ...life, main: before } : life;
    },
    onHired: (hired) => (holder.crew = hired),
  });
  await crowd.start();
  for (const seat of SEATS) {
    await sleep(besideMs);
    crew.endProcess(crew.process(seat), 'SIGKILL');
    await crew.process(seat).exit;
    await sleep(0);
    await crew.ready();
  }
  await sleep(besideMs);
  const beside = stage.customers.attempts.length;
  const leaving = crew.process('before');
  crew.retire(leaving);
  await sleep(NOTICE_MS);
  state.isReplaced = true;
  crew.endProcess(leaving, 'SIGTERM');
  await Promise.race([leaving.exit, sleep(GRACE_MS)]);
  crew.endProcess(leaving, 'SIGKILL');
  await leaving.exit;
  await sleep(0);
  await crew.ready();
  await sleep(besideMs);
  await crowd.stop();
  const { attempts } = stage.customers;
  const failed = attempts.find(
    ({ answer }) => answer.kind === 'NONE' && answer.why.startsWith('['),
  );
  if (failed !== undefined) throw new Broken(`masked: ${JSON.stringify(failed)}`);
  const built = await mostBuilt(stage);
  if (built > BUILT_MAX)
    throw new Broken(`the gate of a template was built ${built} times: the versions do not agree`);
  return `side by side ${told(attempts.slice(0, beside))}, then ${told(attempts.slice(beside))}; a gate was built ${built} times at most`;
}

/** As the version before wrote it: its templates had no limits of their own. */
async function olderTemplate(stage: Stage, rules: Partial<RulesInput>): Promise<string> {
  const id = await stage.template(rules);
  await stage.database.transaction((sql) =>
    sql.change(
      `UPDATE template_version SET rules = JSON_REMOVE(rules, '$.limits') WHERE template_id = ?`,
      [id],
    ),
  );
  return id;
}

/** How often the gate of one template was built: each time raises its epoch. */
async function mostBuilt({ database }: Stage): Promise<number> {
  const [row] = await database.rows('SELECT MAX(epoch) AS epoch FROM template', []);
  return Number(row?.['epoch']);
}

function told(attempts: readonly Attempt[]): string {
  const isUnknown = ({ answer }: Attempt) =>
    answer.kind === 'REFUSED' && answer.code === 'OUTCOME_UNKNOWN';
  const seconds = (attempts.at(-1)!.returnedMs - attempts[0]!.invokedMs) / 1_000;
  const rate = Math.round(attempts.length / seconds);
  return `${rate} claims/s (${attempts.filter(isUnknown).length} OUTCOME_UNKNOWN)`;
}
