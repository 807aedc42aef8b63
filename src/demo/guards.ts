/** Starts the sample risk service and the sample verifier by themselves, to set RISK_URL and VERIFIER_URL to. */
import { startCaptcha } from './neighbours/captcha.js';
import { startRiskService } from './neighbours/risk-service.js';
import { say, table } from './print.js';

const [risk, captcha] = [await startRiskService(4_010), await startCaptcha(4_011)];
say(
  table([
    ['RISK_URL', risk.url],
    ['VERIFIER_URL', captcha.url],
  ]),
);
say('\nA token for user and template, as somebody gets it who solved the puzzle:');
say(
  `  curl -s ${captcha.url}earn -H 'content-type: application/json' -d '{"userId":"anna","templateId":"…"}'`,
);
for (const signal of ['SIGINT', 'SIGTERM'] as const)
  process.once(signal, () => void Promise.all([risk.stop(), captcha.stop()]));
