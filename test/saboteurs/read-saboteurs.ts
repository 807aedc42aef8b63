/**
 * A saboteur is a patch that puts one bug into the service, and a header that says which and who finds it:
 *
 *   What goes wrong, in a sentence or two.
 *   Shipped-by: who had it                        (where it is known)
 *   Caught-by: test/claim/x.test.ts > title       (or a part of it)
 *   diff --git …                                  (git takes nothing above this line)
 */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** What must fail: one test of a file, by a part of its title. */
export interface Detector {
  readonly file: string;
  readonly title: string;
}

export interface Saboteur {
  /** `01-guard-without-epoch` */
  readonly name: string;
  /** The patch's path. */
  readonly path: string;
  readonly bug: string;
  readonly shippedBy: string | undefined;
  readonly detector: Detector;
}

export const SABOTEURS_FOLDER = import.meta.dirname;

export function readSaboteurs(folder: string = SABOTEURS_FOLDER): Saboteur[] {
  const names = readdirSync(folder).filter((name) => name.endsWith('.patch'));
  return names.sort().map((name) => readSaboteur(join(folder, name), name.slice(0, -6)));
}

/** @throws Error for a header that lacks a part */
function readSaboteur(path: string, name: string): Saboteur {
  const [header = ''] = readFileSync(path, 'utf8').split('diff --git ');
  const part = (label: string) => new RegExp(`^${label}: (.+)$`, 'm').exec(header)?.[1];
  const bug = header
    .split(/^[A-Z][a-z]+-by: /m)[0]!
    .trim()
    .replaceAll(/\s+/g, ' ');
  const detector = readDetector(part('Caught-by') ?? '');
  if (!/^\d\d-[a-z0-9-]+$/.test(name)) throw new Error(`${name}: is not named NN-words`);
  if (bug === '') throw new Error(`${name}: does not say what goes wrong`);
  if (detector === undefined) throw new Error(`${name}: does not say what catches it`);
  return { name, path, bug, shippedBy: part('Shipped-by'), detector };
}

function readDetector(text: string): Detector | undefined {
  const [, file, title] = /^(test\/\S+\.test\.ts) > (.+)$/.exec(text) ?? [];
  return file === undefined || title === undefined ? undefined : { file, title };
}

export function sayDetector({ file, title }: Detector): string {
  return `${file.replace('test/', '').replace('.test.ts', '')} > ${title}`;
}

/** The rows of the table in docs/reliability.md. */
export function tableOf(saboteurs: readonly Saboteur[]): string[] {
  return saboteurs.map(
    ({ name, bug, detector }) => `| ${name} | ${bug} | ${sayDetector(detector)} |`,
  );
}
