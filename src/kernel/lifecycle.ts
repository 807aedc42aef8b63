/**
 * A lifecycle is a table: for every state and every event, the next state or the refusal by name.
 * Both are mapped types, so a state or an event without an answer does not compile.
 */
import { rejection, type FailureCode } from './rejection.js';
import { ok, rejected, type Result } from './result.js';

export type Move<State extends string> = { readonly to: State } | { readonly refuse: FailureCode };

export type Lifecycle<State extends string, Event extends string> = {
  readonly [S in State]: { readonly [E in Event]: Move<State> };
};

export const to = <State extends string>(state: State): { readonly to: State } => ({ to: state });
export const refuse = (code: FailureCode): { readonly refuse: FailureCode } => ({ refuse: code });

/** The state after `event`, or the refusal that the table names. */
export function next<State extends string, Event extends string>(
  table: Lifecycle<State, Event>,
  from: State,
  event: Event,
): Result<State> {
  const move = table[from][event];
  if ('to' in move) return ok(move.to);
  return rejected(rejection(move.refuse, { detail: { fact: 'NOT_POSSIBLE_FROM', event, from } }));
}
