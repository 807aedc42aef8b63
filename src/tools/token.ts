/** Prints a token for the local keys: token --sub USER [--scope "coupons:admin …"] [--level gold]. */
import { parseArgs } from 'node:util';
import { readConfig } from '../config/environment.js';
import { localSigner } from '../subgraph/token-keys.js';

const { values } = parseArgs({
  options: { sub: { type: 'string' }, scope: { type: 'string' }, level: { type: 'string' } },
});
const config = readConfig(process.env);
if (config.auth.jwksUrl !== undefined) {
  process.stderr.write('Tokens come from the identity provider behind JWKS_URL.\n');
  process.exit(2);
}
if (values.sub === undefined) {
  process.stderr.write('Usage: npm run --silent token -- --sub USER [--scope "…"] [--level …]\n');
  process.exit(2);
}
const sign = await localSigner(config);
process.stdout.write(
  `${await sign({ sub: values.sub, scope: values.scope, level: values.level })}\n`,
);
