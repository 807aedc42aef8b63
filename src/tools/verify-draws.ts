/** Proves every draw of a red packet template: exit 0 if all are as the committed seed says, 1 if not, 2 if there is none. */
import 'reflect-metadata';
import { readConfig } from '../config/environment.js';
import { openInstallation } from '../installation.js';
import { verifyDraws } from '../upkeep/verify-draws.js';

const templateId = process.argv[2] ?? '';
const installation = await openInstallation(readConfig(process.env), (line) =>
  process.stderr.write(`${line}\n`),
);
try {
  const verdict = await verifyDraws(installation.database, templateId);
  if (verdict === undefined) {
    process.stderr.write(`There is no red packet template ${templateId}.\n`);
    process.exitCode = 2;
  } else {
    const { drawn, drawnMinor, seedHash, commitment, violations } = verdict;
    for (const line of violations) process.stdout.write(`BROKEN ${line}\n`);
    process.stdout.write(`seed hash ${seedHash}, commitment ${commitment}\n`);
    const end = violations.length === 0 ? 'all as drawn' : `${violations.length} violations`;
    process.stdout.write(`${drawn} coupons worth ${drawnMinor} minor units: ${end}\n`);
    process.exitCode = violations.length === 0 ? 0 : 1;
  }
} finally {
  await installation.close();
}
