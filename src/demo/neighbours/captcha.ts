/**
 * The sample verifying service. A real one shows a puzzle or sends an SMS, and signs a token for whoever
 * solved it; this one believes that the puzzle was solved. The token names user, template and its end.
 */
import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto';
import { z } from 'zod';
import { serveJson, type JsonService } from './serve-json.js';

export interface Captcha extends JsonService {
  /** The token of somebody who solved the puzzle. */
  earn(userId: string, templateId: string): string;
}

const Solved = z.object({ userId: z.string(), templateId: z.string() });
const Question = Solved.extend({ token: z.string() });
const TOKEN_TTL_MS = 5 * 60_000;

export async function startCaptcha(port = 0): Promise<Captcha> {
  const key = randomBytes(32);
  const sign = (userId: string, templateId: string, till: string, salt: string) =>
    createHmac('sha256', key)
      .update(JSON.stringify([userId, templateId, till, salt]))
      .digest();
  const earn = (userId: string, templateId: string): string => {
    const till = String(Date.now() + TOKEN_TTL_MS);
    const salt = randomBytes(9).toString('base64url');
    return `${till}.${salt}.${sign(userId, templateId, till, salt).toString('base64url')}`;
  };
  const isOurs = ({ token, userId, templateId }: z.infer<typeof Question>): boolean => {
    const [till = '', salt = '', signature = ''] = token.split('.');
    const given = Buffer.from(signature, 'base64url');
    const expected = sign(userId, templateId, till, salt);
    const isSigned = given.length === expected.length && timingSafeEqual(given, expected);
    return isSigned && Number(till) > Date.now();
  };
  const service = await serveJson((body, path) => {
    if (path !== '/earn') return { verified: isOurs(Question.parse(body)) };
    const { userId, templateId } = Solved.parse(body);
    return { token: earn(userId, templateId) };
  }, port);
  return { ...service, earn };
}
