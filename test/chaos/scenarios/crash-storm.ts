/**
 * Two services are killed over and over, at every named step and at any moment, while customers claim and
 * shop. Started again each time, they meet what the lives before left behind.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { startMysqlProxy, type MysqlProxy } from '../../kit/mysql-proxy.js';
import { atStep } from '../arena/at-step.js';
import type { ServiceProcess } from '../arena/service-process.js';
import type { Crew } from '../arena/crew.js';
import { Crowd } from '../storm/crowd.js';
import { Dooms, type Doom } from '../storm/dooms.js';
import { provoke } from '../storm/provoke.js';
import type { Stage } from '../stage/stage.js';
import { Broken, onStage, type Context, type Scenario } from './scenario.js';

const SEATS = ['a', 'b'];
/** From ready: a step that has not come by then will not. */
const PATIENCE_MS = 5_000;
const TICK_MS = 100;
/** In CI, if the machine is slow: then it ends with fewer kills, but not before every step had one. */
const CI_MAX_MS = 100_000;
/** Whatever has not died by then. */
const CI_END_MS = 180_000;

export const crashStorm: Scenario = {
  name: 'crash-storm',
  proves: 'Killed at any step, nothing is lost, doubled, stranded or oversold.',
  isInCi: true,
  play: (context) => onStage(context, (stage) => storm(context, stage)),
};

async function storm({ kills, isNight, random, say }: Context, stage: Stage): Promise<string> {
  const dooms = new Dooms(kills, random);
  const proxies = new Map<string, MysqlProxy>();
  for (const seat of SEATS) proxies.set(seat, await startMysqlProxy(stage.mysqlUrl));
  const next = new Map<string, Doom | undefined>();
  const doomed = new Map<ServiceProcess, { readonly doom: Doom; isMissed: boolean }>();
  const startedMs = performance.now();
  const holder: { crew?: Crew } = {};
  const crowd = new Crowd(stage, random, () => holder.crew?.urls() ?? []);
  const hiring = stage.hire({
    seats: SEATS,
    life: (seat) => {
      const doom = dooms.next();
      next.set(seat, doom);
      const at = doom?.kind === 'step' ? atStep(doom.step, doom.nth) : {};
      return stage.life('all', { MYSQL_URL: proxies.get(seat)!.url, ...at }, ['crash-at']);
    },
    onStart: (process) => {
      const doom = next.get(process.name);
      if (doom === undefined) return;
      doomed.set(process, { doom, isMissed: false });
      void fulfil(process, doom);
    },
    onExit: (process) => {
      const fate = doomed.get(process);
      proxies.get(process.name)!.setDown(false);
      doomed.delete(process);
      if (fate === undefined) return;
      if (fate.isMissed) dooms.missed(fate.doom);
      else dooms.met(fate.doom);
      if (dooms.kills % 50 === 0) say(`${dooms.kills} kills`);
    },
    onHired: (crew) => {
      holder.crew = crew;
    },
  });

  async function fulfil(process: ServiceProcess, doom: Doom): Promise<void> {
    if (doom.kind === 'moment') {
      await sleep(doom.afterMs);
    } else {
      // It kills itself; the crew must not be surprised.
      holder.crew?.expectEnd(process);
      await process.ready;
      for (let waitedMs = 0; waitedMs < PATIENCE_MS && doomed.has(process); waitedMs += TICK_MS) {
        await provoke(stage, doom.step, proxies.get(process.name)!).catch(() => undefined);
        await sleep(TICK_MS);
      }
      const fate = doomed.get(process);
      if (fate !== undefined) fate.isMissed = true;
    }
    if (doomed.has(process)) holder.crew?.endProcess(process, 'SIGKILL');
  }

  await crowd.start();
  const isLongEnough = () => {
    const ms = performance.now() - startedMs;
    return !isNight && ms > CI_MAX_MS && (ms > CI_END_MS || dooms.unmet().length === 0);
  };
  while (!dooms.isOver && !isLongEnough()) await sleep(TICK_MS);
  await crowd.stop();
  await holder.crew?.dismiss();
  await hiring;
  for (const proxy of proxies.values()) await proxy.close();
  const minutes = (performance.now() - startedMs) / 60_000;
  say(`killed at: ${told(dooms.killedAt)}`);
  say(`did not come in time: ${told(dooms.missedAt)}`);
  say(`orders: ${told(crowd.shopped)}`);
  const unmet = dooms.unmet();
  if (unmet.length > 0) throw new Broken(`nobody died at ${unmet.join(', ')}: nothing was proved`);
  const rate = Math.round(dooms.kills / minutes);
  return `${dooms.kills} of ${kills} kills at ${dooms.killedAt.size - 1} steps and any moment, ${rate} a minute, ${crowd.waves} waves`;
}

const told = (counts: ReadonlyMap<string, number>) =>
  [...counts].map(([what, count]) => `${what} ${count}`).join(', ');
