/**
 * The one door of the guard: who may go on to the reservation. Closed and sold-out templates do not come
 * here. Each step has its own limit and its own refusal; the first that refuses is told.
 *
 * It never decides about stock or the per-user limit, which MySQL holds. So where Redis cannot count, the
 * limits fail open; where the risk service is silent, the template says which way; and where the verifier
 * is silent, whoever needs a proof is asked to come back.
 */
import { rejection, type Rejection } from '../kernel/rejection.js';
import type { CountAnswer, CountClaims, CountQuestion } from './count-claims.js';
import type {
  ClaimAttempt,
  ClaimLimits,
  GuardEvents,
  RiskService,
  Signals,
  Verifier,
} from './guard.types.js';
import { behaviourScore } from './rules/behaviour-score.js';
import { notEligibleBecause } from './rules/eligibility.js';
import { judgeRates, type Refusal } from './rules/judge-rates.js';
import { DENIED_ABOVE, judgeRisk } from './rules/judge-risk.js';
import { limitsOf } from './rules/limits-of.js';
import { pseudonym, pseudonymsOf } from './rules/pseudonyms.js';

export interface GuardParts {
  readonly counts: CountClaims;
  /** undefined: nobody is asked for a score. */
  readonly risk: RiskService | undefined;
  readonly verifier: Verifier;
  readonly limits: ClaimLimits;
  /** Of the pseudonyms. */
  readonly key: string;
  readonly events: GuardEvents;
}

/** UNKNOWN: there is a token, and nobody can say whether it holds. */
type ProofState = 'PROVEN' | 'NONE' | 'UNKNOWN';

const NOTHING_COUNTED: CountAnswer = {
  rates: { network: undefined, device: undefined },
  signals: null,
  isTokenSpent: false,
};
const NOTHING_SEEN: Signals = { userClaims: 0, networkClaims: 0, deviceClaims: 0, deviceUsers: 0 };

export class Guard {
  constructor(private readonly parts: GuardParts) {}

  /** undefined: let in, and counted. A refusal is true at its moment and is not counted. */
  async admit(attempt: ClaimAttempt): Promise<Rejection | undefined> {
    const refusal = await this.judge(attempt);
    if (refusal === undefined) return undefined;
    const { step, rejection: reason } = refusal;
    this.parts.events.refused(step, reason.code, attempt.template.id, attempt.nowMs);
    return reason;
  }

  private async judge(attempt: ClaimAttempt): Promise<Refusal | undefined> {
    const { rules } = attempt.template;
    const ineligible = notEligibleBecause(rules, attempt);
    if (ineligible !== undefined) return { step: 'ELIGIBILITY', rejection: ineligible };
    const proof = await this.proofOf(attempt);
    if (rules.verification === 'ALWAYS' && proof !== 'PROVEN') return askForProof(proof);
    const question = this.questionOf(attempt, proof === 'PROVEN');
    const answer = await this.count(question);
    const refusal = await this.judgeCounted(attempt, question, answer, proof);
    if (refusal === undefined) return undefined;
    this.parts.counts.giveBack(question, answer);
    const isProofWanted = refusal.rejection.code === 'VERIFICATION_REQUIRED';
    return isProofWanted ? { ...askForProof(proof), step: refusal.step } : refusal;
  }

  private async judgeCounted(
    attempt: ClaimAttempt,
    question: CountQuestion,
    answer: CountAnswer,
    proof: ProofState,
  ): Promise<Refusal | undefined> {
    const { verification } = attempt.template.rules;
    const isProven = proof === 'PROVEN' && !answer.isTokenSpent;
    if (verification === 'ALWAYS' && !isProven) return askForProof(proof);
    const tooMany = judgeRates(answer.rates, verification, isProven);
    if (tooMany !== undefined || !question.wantsSignals) return tooMany;
    const score = await this.score(attempt, question, answer.signals ?? NOTHING_SEEN);
    if (score === 'SILENT') return { step: 'RISK', rejection: rejection('UNAVAILABLE') };
    return judgeRisk(score, verification, isProven);
  }

  /** Without a verification policy a token is nobody's business. */
  private async proofOf(attempt: ClaimAttempt): Promise<ProofState> {
    const { template, verificationToken: token, userId, nowMs } = attempt;
    if (token === null || template.rules.verification === 'NEVER') return 'NONE';
    try {
      const proof = { token, userId, templateId: template.id, nowMs };
      return (await this.parts.verifier.verify(proof)) ? 'PROVEN' : 'NONE';
    } catch (error) {
      this.parts.events.skipped('VERIFICATION', error);
      return 'UNKNOWN';
    }
  }

  private questionOf(attempt: ClaimAttempt, isProven: boolean): CountQuestion {
    const { key, limits, risk, verifier } = this.parts;
    const { template, verificationToken: token, nowMs } = attempt;
    const wantsSignals = risk !== undefined || template.rules.verification === 'WHEN_RISKY';
    return {
      templateId: template.id,
      names: pseudonymsOf(key, attempt, wantsSignals),
      limits: limitsOf(template.rules, limits),
      nowMs,
      wantsSignals,
      token:
        isProven && token !== null
          ? { name: pseudonym(key, 'token', token), ttlMs: verifier.tokenTtlMs }
          : null,
    };
  }

  private async count(question: CountQuestion): Promise<CountAnswer> {
    try {
      const answer = await this.parts.counts.count(question);
      if (answer.failure !== undefined) this.parts.events.skipped('NETWORK', answer.failure);
      return answer;
    } catch (error) {
      this.parts.events.skipped('NETWORK', error);
      return NOTHING_COUNTED;
    }
  }

  /** The worse of what behaviour tells and what the service says; SILENT: it must answer, and did not. */
  private async score(
    attempt: ClaimAttempt,
    { names, templateId }: CountQuestion,
    signals: Signals,
  ): Promise<number | 'SILENT'> {
    const own = behaviourScore(signals);
    if (this.parts.risk === undefined || own > DENIED_ABOVE) return own;
    const { network, device } = names;
    try {
      const question = { userId: attempt.userId, templateId, network, device, signals };
      return Math.max(own, await this.parts.risk.score(question));
    } catch (error) {
      this.parts.events.skipped('RISK', error);
      return attempt.template.rules.riskPolicy === 'FAIL_CLOSED' ? 'SILENT' : own;
    }
  }
}

function askForProof(proof: ProofState): Refusal {
  const code = proof === 'UNKNOWN' ? 'UNAVAILABLE' : 'VERIFICATION_REQUIRED';
  return { step: 'VERIFICATION', rejection: rejection(code) };
}
