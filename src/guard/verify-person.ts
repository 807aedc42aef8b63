/**
 * The two verifiers: work that a client can do by itself, and a service of the shop that speaks to its
 * captcha or SMS provider. The service is sent token, userId and templateId, and answers
 * `{"verified": true}` if that user earned that token for that template within VERIFIER_TOKEN_TTL_MS.
 */
import { z } from 'zod';
import { PROOF_OF_WORK_TTL_MS, VERIFIER_TOKEN_TTL_MS } from '../config/limits.js';
import type { Proof, Verifier } from './guard.types.js';
import { RemoteService, type RemoteOptions } from './remote-service.js';
import { isWorkDone } from './rules/proof-of-work.js';

export class ProofOfWork implements Verifier {
  readonly tokenTtlMs = PROOF_OF_WORK_TTL_MS;

  constructor(private readonly bits: number) {}

  async verify(proof: Proof): Promise<boolean> {
    return isWorkDone(proof, this.bits, this.tokenTtlMs, proof.nowMs);
  }
}

const Verified = z.object({ verified: z.boolean() });

export class HttpVerifier implements Verifier {
  readonly tokenTtlMs = VERIFIER_TOKEN_TTL_MS;
  private readonly service: RemoteService;

  constructor(options: RemoteOptions) {
    this.service = new RemoteService(options);
  }

  async verify({ token, userId, templateId }: Proof): Promise<boolean> {
    return (await this.service.ask({ token, userId, templateId }, Verified)).verified;
  }
}
