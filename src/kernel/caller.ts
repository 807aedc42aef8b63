/** Who asks, and what they may. Made once a request at the edge; use cases decide with it. */

export type Scope = 'coupons:admin' | 'coupons:approve' | 'coupons:redeem' | 'coupons:events';

export interface Caller {
  /** null: no token. */
  readonly userId: string | null;
  readonly scopes: ReadonlySet<string>;
  /** The user's level as the token says it. */
  readonly level: string | null;
  /** What the caller reads, as BCP 47 tags, the dearest first; empty: did not say. */
  readonly languages: readonly string[];
  /** Of the customer; null: the router did not tell. */
  readonly address: string | null;
}

export class NotAuthenticated extends Error {
  constructor() {
    super('This needs a signed-in caller.');
    this.name = 'NotAuthenticated';
  }
}

export class NotAllowed extends Error {
  constructor(what: string) {
    super(`This needs ${what}.`);
    this.name = 'NotAllowed';
  }
}

export function hasScope(caller: Caller, scope: Scope): boolean {
  return caller.scopes.has(scope);
}

/** The caller's user id. @throws NotAuthenticated */
export function requireUser(caller: Caller): string {
  if (caller.userId === null) throw new NotAuthenticated();
  return caller.userId;
}

/** The caller's user id, if it has one of the scopes. @throws NotAuthenticated · NotAllowed */
export function requireAnyScope(caller: Caller, scopes: readonly Scope[]): string {
  const userId = requireUser(caller);
  if (!scopes.some((scope) => hasScope(caller, scope)))
    throw new NotAllowed(`the scope ${scopes.join(' or ')}`);
  return userId;
}

/** @throws NotAuthenticated · NotAllowed */
export function requireScope(caller: Caller, scope: Scope): string {
  return requireAnyScope(caller, [scope]);
}

/** Whether the caller may see what belongs to `ownerId`: the owner, operators and the order service. */
export function maySee(caller: Caller, ownerId: string): boolean {
  return (
    caller.userId === ownerId ||
    hasScope(caller, 'coupons:admin') ||
    hasScope(caller, 'coupons:redeem')
  );
}
