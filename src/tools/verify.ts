/** Proves the invariants of an installation: exit 0 if all hold, 1 with a list of what is broken. */
import 'reflect-metadata';
import { readConfig } from '../config/environment.js';
import { openInstallation } from '../installation.js';
import { verifyPatiently } from './verify-patiently.js';

const installation = await openInstallation(readConfig(process.env), (line) =>
  process.stderr.write(`${line}\n`),
);
try {
  const verdict = await verifyPatiently(installation);
  for (const line of verdict.violations) process.stdout.write(`BROKEN ${line}\n`);
  const end = verdict.ok ? 'all hold' : `${verdict.violations.length} violations`;
  process.stdout.write(`${verdict.checks} invariants checked: ${end}\n`);
  process.exitCode = verdict.ok ? 0 : 1;
} finally {
  await installation.close();
}
