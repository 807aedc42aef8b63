/** The words of the guard: what asks to be let in, what was counted of it, and who else may be asked. */
import type { FailureCode } from '../kernel/rejection.js';
import type { Template } from '../template/template.types.js';

/** One claim before anything is reserved for it. */
export interface ClaimAttempt {
  readonly template: Pick<Template, 'id' | 'rules'>;
  readonly userId: string;
  /** As the token says it; null: none. */
  readonly level: string | null;
  /** Of the customer, as the proven router told it; null: not known. */
  readonly address: string | null;
  /** What the customer's app says it runs on: a hint, not a proof. */
  readonly deviceId: string | null;
  readonly verificationToken: string | null;
  /** The hash of the idempotency key; with the user it names the claim. */
  readonly claimKey: string;
  readonly nowMs: number;
}

/** The steps in their order; a refusal is counted under the step that refused. */
export const GUARD_STEPS = [
  'ELIGIBILITY',
  'VERIFICATION',
  'NETWORK',
  'DEVICE',
  'RISK',
  'CODE',
] as const;
export type GuardStep = (typeof GUARD_STEPS)[number];

/** How many claims are let in before the guard asks or refuses; 0: any number. */
export interface ClaimLimits {
  /** From one network of one template in any hour. */
  readonly perNetworkPerHour: number;
  /** From one device of all templates in any 24 hours. */
  readonly perDevicePerDay: number;
}

/** Keyed hashes that stand for persons; nothing else of them is stored or sent to Redis. */
export interface Pseudonyms {
  /** The claim: user and key. */
  readonly claim: string;
  /** null: nobody asks. */
  readonly user: string | null;
  /** null: not known. */
  readonly network: string | null;
  readonly device: string | null;
}

/** What one limit said. */
export interface Counted {
  /** 'AGAIN': this very claim is already in the window, and was not counted twice. */
  readonly state: 'LET_IN' | 'AGAIN' | 'FULL';
  /** FULL: when the next place is free, epoch milliseconds. */
  readonly freeAtMs: number;
}

/** What was seen lately, for the score. Counts stop at SEEN_MAX. */
export interface Signals {
  /** Claims of the user in the last minute, over all templates. */
  readonly userClaims: number;
  /** Claims from the network in the last minute, over all templates; 0: network not known. */
  readonly networkClaims: number;
  /** Claims from the device in the last minute, over all templates; 0: device not told. */
  readonly deviceClaims: number;
  /** Accounts that claimed from the device in the last 24 hours; 0: device not told. */
  readonly deviceUsers: number;
}

/** What a risk service is asked. It learns pseudonyms of network and device, never the things themselves. */
export interface RiskQuestion {
  readonly userId: string;
  readonly templateId: string;
  readonly network: string | null;
  readonly device: string | null;
  readonly signals: Signals;
}

/** Whoever knows more about people than the counters do. */
export interface RiskService {
  /** @returns 0 (surely fine) to 1 (surely not). @throws whatever keeps it from answering in time */
  score(question: RiskQuestion): Promise<number>;
}

export interface Proof {
  readonly token: string;
  readonly userId: string;
  readonly templateId: string;
  readonly nowMs: number;
}

/** Whoever can tell that a token was earned by a person (or by work), for this user and template, lately. */
export interface Verifier {
  /** A token is good for at most this long; a spent one is remembered for as long. */
  readonly tokenTtlMs: number;
  /** @throws whatever keeps it from answering in time */
  verify(proof: Proof): Promise<boolean>;
}

/** What the guard tells of what it did, for metrics, logs and the audit. */
export interface GuardEvents {
  refused(step: GuardStep, code: FailureCode, templateId: string, nowMs: number): void;
  /** A step could not do its work, and the claim went on without it. */
  skipped(step: GuardStep, error: unknown): void;
}
