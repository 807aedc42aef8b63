/**
 * The job of grants: grants take turns page by page, and few of their coupons are on their way at once, so
 * that neither a small grant nor a claim waits for a large one. Where it is in a list, nobody remembers: who
 * is still to be asked for stands in the list, and that is all that a worker who goes on needs.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { GRANT_PAGE, GRANT_STALLED_MAX_MS, GRANTS_IN_TURN_MAX } from '../config/limits.js';
import { GRANT_SQL, readGrantsWithWork } from './grant.store.js';
import type { Grant } from './grant.types.js';
import { readPending } from './member.store.js';
import { WorkGrant, type GrantParts, type GrantRun } from './work-grant.js';

/** A page in which nobody could be decided: the stores are given a moment. */
const PAUSE_MS = 250;

interface Turn {
  readonly decided: number;
  /** The run is through with it: everybody was asked for, and some without an answer. */
  readonly isWaiting: boolean;
}

const MOVED: Turn = { decided: 0, isWaiting: false };
const WAITING: Turn = { decided: 0, isWaiting: true };

export class RunGrants {
  private readonly work: WorkGrant;

  constructor(private readonly parts: GrantParts) {
    this.work = new WorkGrant(parts);
  }

  /** @returns how many users were decided, and how long the slowest grant has not moved */
  async run(run: GrantRun): Promise<{ handled: number; lagMs: number }> {
    /** How far this run is in each list. */
    const places = new Map<string, number>();
    let handled = 0;
    for (;;) {
      const grants = await readGrantsWithWork(run.database, GRANTS_IN_TURN_MAX);
      let areWaiting = true;
      for (const grant of grants) {
        if (run.signal.aborted) break;
        const turn = await this.turn(run, grant, places);
        handled += turn.decided;
        areWaiting &&= turn.isWaiting;
      }
      if (run.signal.aborted || areWaiting) return { handled, lagMs: this.lagOf(grants) };
    }
  }

  private async turn(run: GrantRun, grant: Grant, places: Map<string, number>): Promise<Turn> {
    if (grant.status === 'QUEUED') await this.work.step(run, grant.id, 'START');
    const place = places.get(grant.id) ?? 0;
    const members = await readPending(run.database, grant.id, place, GRANT_PAGE);
    if (members.length === 0) {
      places.set(grant.id, 0);
      return this.atTheEnd(run, grant);
    }
    places.set(grant.id, members.at(-1)!.position);
    if (isOver(grant)) return { ...MOVED, decided: await this.work.settle(run, grant, members) };
    const decided = await this.work.ask(run, grant, members);
    if (decided === 0) await sleep(PAUSE_MS);
    return { ...MOVED, decided };
  }

  /** Who is left was asked for in this run already, and is again in the next. */
  private async atTheEnd(run: GrantRun, grant: Grant): Promise<Turn> {
    if (isOver(grant)) {
      await run.database.transaction((sql) => sql.change(GRANT_SQL.settled, [grant.id]));
      return MOVED;
    }
    const left = await readPending(run.database, grant.id, 0, 1);
    if (left.length === 0) {
      await this.work.step(run, grant.id, 'FINISH');
      return MOVED;
    }
    const isStalled = this.parts.clock.nowMs() - grant.updatedAtMs > GRANT_STALLED_MAX_MS;
    if (isStalled) await this.work.step(run, grant.id, 'FAIL');
    return WAITING;
  }

  private lagOf(grants: readonly Grant[]): number {
    const nowMs = this.parts.clock.nowMs();
    return Math.max(0, ...grants.map(({ updatedAtMs }) => nowMs - updatedAtMs));
  }
}

function isOver({ status }: Grant): boolean {
  return status === 'STOPPED' || status === 'FAILED';
}
