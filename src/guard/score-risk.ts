/** The risk service over HTTP: it is sent a RiskQuestion and answers `{"score": 0.3}`. */
import { z } from 'zod';
import type { RiskQuestion, RiskService } from './guard.types.js';
import { RemoteService, type RemoteOptions } from './remote-service.js';

const Scored = z.object({ score: z.number().min(0).max(1) });

export class HttpRiskService implements RiskService {
  private readonly service: RemoteService;

  constructor(options: RemoteOptions) {
    this.service = new RemoteService(options);
  }

  async score(question: RiskQuestion): Promise<number> {
    return (await this.service.ask(question, Scored)).score;
  }
}
