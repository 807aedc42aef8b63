/** What is installed is what was looked at: exact versions, checksums, no code that runs at install. */
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';

interface Locked {
  readonly version?: string;
  readonly resolved?: string;
  readonly integrity?: string;
  readonly hasInstallScript?: boolean;
  readonly link?: boolean;
}

const read = (name: string): unknown =>
  JSON.parse(readFileSync(new URL(`../../${name}`, import.meta.url), 'utf8'));
const manifest = read('package.json') as Record<string, Record<string, string | boolean>>;
const lock = read('package-lock.json') as { readonly packages: Record<string, Locked> };
const installed = Object.entries(lock.packages).filter(([path]) => path !== '');
const named = (['dependencies', 'devDependencies', 'optionalDependencies', 'overrides'] as const)
  .flatMap((kind) => Object.entries(manifest[kind]!))
  .map(([name, version]) => [name, String(version)] as const);

describe('the dependencies', () => {
  it.each(named)('%s is pinned to one version', (_name, version) => {
    expect(version).toMatch(/^\d+\.\d+\.\d+(-[\w.]+)?$/);
  });

  it('come as archives of a registry, with a checksum each', () => {
    const loose = installed.filter(
      ([, { integrity, resolved, link }]) =>
        link === true ||
        !(integrity ?? '').startsWith('sha512-') ||
        (resolved !== undefined && !resolved.startsWith('https://')),
    );
    expect(loose.map(([path]) => path)).toEqual([]);
  });

  it('run no code when they are installed, or are told not to', () => {
    const withScripts = installed
      .filter(([, { hasInstallScript }]) => hasInstallScript === true)
      .map(([path]) => path.split('node_modules/').at(-1)!);
    const allowed = manifest['allowScripts']!;
    expect(withScripts.filter((name) => allowed[name] !== false)).toEqual([]);
  });
});
