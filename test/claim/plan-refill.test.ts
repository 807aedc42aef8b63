/** A split template is SOLD_OUT only where there was a moment without a unit anywhere, whatever came in between. */
import { describe, expect, it } from 'vitest';
import type { GateView } from '../../src/claim/claim.types.js';
import { isSoldOut, planRefill } from '../../src/claim/rules/plan-refill.js';

const GATE: GateView = {
  epoch: 3,
  isOfThisLife: true,
  stock: 0,
  seq: 7,
  pending: 0,
  moves: 0,
  lent: 0,
  isLoanLost: false,
};
const gate = (more: Partial<GateView> = {}): GateView => ({ ...GATE, ...more });

describe('an empty part of a split template', () => {
  it('borrows from the part that has most', () => {
    const views = [gate(), gate({ stock: 2 }), gate({ stock: 5 })];
    expect(planRefill(views, 0, 3)).toEqual({ kind: 'BORROW', from: 2, epoch: 3 });
  });

  it('that has units by now is asked again', () => {
    expect(planRefill([gate({ stock: 1 }), gate()], 0, 3)).toEqual({ kind: 'TRY_AGAIN' });
  });

  it('waits for units that are on their way, and has lost ones built anew', () => {
    expect(planRefill([gate(), gate({ lent: 1 })], 0, 3)).toEqual({ kind: 'WAIT' });
    const lost = [gate(), gate({ lent: 1, isLoanLost: true })];
    expect(planRefill(lost, 0, 3)).toEqual({ kind: 'REBUILD' });
  });

  it.each([
    ['is gone', undefined],
    ['is of an older epoch than MySQL has', gate({ epoch: 2 })],
    ['is of another life of its server', gate({ isOfThisLife: false })],
  ])('has all built anew where another part %s', (_, other) => {
    expect(planRefill([gate(), other], 0, 3)).toEqual({ kind: 'REBUILD' });
  });

  it('waits while the parts are being opened under a new epoch', () => {
    expect(planRefill([gate(), gate({ epoch: 4, stock: 9 })], 0, 3)).toEqual({ kind: 'WAIT' });
  });

  it('looks again before it says that all are empty', () => {
    expect(planRefill([gate(), gate()], 1, 3)).toEqual({ kind: 'ALL_EMPTY' });
  });
});

interface Loan {
  readonly from: number;
  readonly to: number;
  readonly units: number;
  readonly hasArrived: boolean;
}

/** All there is: two parts, units between them, and a looker who reads one part after the other, twice. */
interface State {
  readonly gates: readonly GateView[];
  /** Reservations of each part that may yet be given back. */
  readonly reserved: readonly number[];
  readonly loans: readonly Loan[];
  readonly views: readonly GateView[];
  /** Between the two looks there was a moment without a unit anywhere. */
  readonly wasEmpty: boolean;
}

const PARTS = 2;
const LOOKS = 2 * PARTS;

/** What one script, or the looker's next look, makes of a state; each is atomic. */
function* nextOf(state: State): Generator<State> {
  const { gates, reserved, loans, views } = state;
  if (views.length < LOOKS)
    yield seen({ ...state, views: [...views, gates[views.length % PARTS]!] });
  for (const [at, { stock, seq, moves, lent }] of gates.entries()) {
    const become = (more: Partial<GateView>) =>
      gates.map((g, i) => (i === at ? gate({ ...g, ...more }) : g));
    const count = (by: number) => reserved.map((n, i) => (i === at ? n + by : n));
    if (reserved[at]! > 0)
      yield seen({ ...state, gates: become({ stock: stock! + 1 }), reserved: count(-1) });
    if (stock === 0) continue;
    const taken = become({ stock: stock! - 1, seq: seq + 1 });
    yield seen({ ...state, gates: taken, reserved: count(1) });
    const units = Math.ceil(stock! / 2);
    const lender = become({ stock: stock! - units, moves: moves + 1, lent: lent + units });
    const loan = { from: at, to: 1 - at, units, hasArrived: false };
    yield seen({ ...state, gates: lender, loans: [...loans, loan] });
  }
  for (const [at, loan] of loans.entries()) {
    const [lender, borrower] = [gates[loan.from]!, gates[loan.to]!];
    if (loan.hasArrived) {
      const ended = gates.with(loan.from, gate({ ...lender, lent: lender.lent - loan.units }));
      yield seen({ ...state, gates: ended, loans: loans.toSpliced(at, 1) });
    } else {
      const { stock, moves } = borrower;
      const richer = gate({ ...borrower, stock: stock! + loan.units, moves: moves + 1 });
      const arrived = loans.with(at, { ...loan, hasArrived: true });
      yield seen({ ...state, gates: gates.with(loan.to, richer), loans: arrived });
    }
  }
}

function seen(state: State): State {
  const isBetween = state.views.length === PARTS;
  return { ...state, wasEmpty: state.wasEmpty || (isBetween && unitsOf(state) === 0) };
}

/** Units that somebody could still get, wherever they are. */
function unitsOf({ gates, loans }: State): number {
  const carried = loans.reduce((sum, loan) => sum + (loan.hasArrived ? 0 : loan.units), 0);
  return gates.reduce((sum, { stock }) => sum + stock!, carried);
}

function isSaid({ views }: State): boolean {
  const [before, after] = [views.slice(0, PARTS), views.slice(PARTS)];
  return planRefill(before, 0, 3).kind === 'ALL_EMPTY' && isSoldOut(before, after);
}

describe('SOLD_OUT of a split template', () => {
  it('was true at a moment between the two looks, whatever came between: every order of 11 steps', () => {
    const first: State = {
      gates: [gate(), gate()],
      reserved: [1, 1],
      loans: [],
      views: [],
      wasEmpty: false,
    };
    let states = new Map([['', first]]);
    const said: State[] = [];
    for (let steps = 0; steps < 11; steps += 1) {
      const after = new Map<string, State>();
      for (const state of states.values()) {
        for (const then of nextOf(state)) {
          if (then.views.length < LOOKS) after.set(JSON.stringify(then), then);
          else if (isSaid(then)) said.push(then);
        }
      }
      states = after;
    }
    expect(said.length).toBeGreaterThan(20);
    expect(said.filter(({ wasEmpty }) => !wasEmpty)).toEqual([]);
  });
});
