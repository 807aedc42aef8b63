/** The documents name things of the code; what they name must exist, and what matters must be named. */
import { existsSync, globSync, readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { ENVIRONMENT_NAMES, readConfig } from '../../src/config/environment.js';
import { ROOT_ACCESS } from '../../src/subgraph/access.js';

const root = new URL('../../', import.meta.url);
const read = (path: string): string => readFileSync(new URL(path, root), 'utf8');
const readme = read('README.md');
const documents = [
  'README.md',
  'CONTRIBUTING.md',
  'CHANGELOG.md',
  ...globSync('docs/**/*.md', { cwd: root }),
];

describe('the README', () => {
  const rows = new Map(
    [...section('Environment').matchAll(/^\| `([A-Z_]+)`( P)? +\| (.+?) +\|/gm)].map(
      ([, name = '', mark, byDefault = '']) => [name, { mark: mark !== undefined, byDefault }],
    ),
  );

  it('has a line for every name of the environment, and no other', () => {
    expect([...rows.keys()].toSorted()).toEqual([...ENVIRONMENT_NAMES].toSorted());
  });

  it('marks the names that production demands', () => {
    const missing = (() => {
      try {
        readConfig({ NODE_ENV: 'production' });
        return '';
      } catch (error) {
        return String(error);
      }
    })();
    const marked = [...rows].filter(([, { mark }]) => mark).map(([name]) => name);
    const demanded = ENVIRONMENT_NAMES.filter((name) => missing.includes(`  ${name}: `));
    expect(marked.toSorted()).toEqual(demanded.toSorted());
  });

  it('tells the defaults as they are', () => {
    const config = readConfig({});
    const told = (name: string) => rows.get(name)?.byDefault.replaceAll('`', '');
    expect(told('PORT')).toBe(String(config.http.port));
    expect(told('HOST')).toBe(config.http.host);
    expect(config.dataDir.endsWith(`/${told('DATA_DIR')}`)).toBe(true);
    expect(told('SERVERS')).toBe(config.servers);
    expect(told('ROLE')).toBe(config.role);
    expect(told('LOG_LEVEL')).toBe(config.logLevel);
    expect(told('JWT_ISSUER')).toBe(config.auth.issuer);
    expect(told('JWT_AUDIENCE')).toBe(config.auth.audience);
    expect(told('HOLD_TTL_MS')).toBe(String(config.holdTtlMs));
    expect(told('MAX_COUPONS_PER_ORDER')).toBe(String(config.maxCouponsPerOrder));
  });

  it('has a phrase for everything that stands in src, and no other', () => {
    const told = [...section('The house').matchAll(/^[├└]── (\S+?)\/? /gm)].map(
      ([, name]) => name!,
    );
    expect(told.toSorted()).toEqual(readdirSync(new URL('src', root)).toSorted());
  });

  it('names only endpoints that are served', () => {
    const server =
      read('src/subgraph/http-server.ts') +
      read('src/subgraph/front-door.ts') +
      read('src/subgraph/grant-upload.ts');
    const paths = [...section('Run the service').matchAll(/^\| `[A-Z]+ (\/\w+)`/gm)];
    expect(paths).toHaveLength(5);
    for (const [, path] of paths) expect(server).toContain(`'${path}'`);
  });

  it('names only operations of the graph as not offered', () => {
    const known = new Set(Object.keys(ROOT_ACCESS).map((key) => key.split('.')[1]));
    const notOffered = [...section('Not offered yet').matchAll(/^\| (.+?) +\|/gm)]
      .flatMap(([, part = '']) => [...part.matchAll(/`(\w+)`/g)].map(([, name]) => name!))
      .filter((name) => name !== 'verify');
    for (const name of notOffered) expect(known, name).toContain(name);
  });
});

describe.each(documents)('%s', (document) => {
  const text = read(document);

  it('links to what is there', () => {
    const links = [...text.matchAll(/\]\(([^)#\s]+)(#[^)]*)?\)/g)].map(([, target]) => target!);
    const local = links.filter((target) => !/^https?:/.test(target));
    const broken = local.filter((target) => !existsSync(new URL(target, new URL(document, root))));
    expect(broken).toEqual([]);
  });

  it('names files and folders that are there', () => {
    const paths = [...text.matchAll(/`((?:src|docs|docker|test|schema|bench)\/[\w./-]+)`/g)];
    const missing = paths
      .map(([, path]) => path!)
      .filter((path) => !existsSync(new URL(path, root)));
    expect(missing).toEqual([]);
  });

  it('names scripts of package.json', () => {
    const { scripts } = JSON.parse(read('package.json')) as { scripts: Record<string, string> };
    const run = [...text.matchAll(/npm run (?:--silent )?([a-z][a-z:-]*)/g)].map(
      ([, name]) => name!,
    );
    expect(run.filter((name) => scripts[name] === undefined)).toEqual([]);
  });
});

describe('every decision', () => {
  it.each(globSync('docs/adr/*.md', { cwd: root }))('%s fits on a page', (path) => {
    const text = read(path);
    expect(text.split('\n').length).toBeLessThanOrEqual(60);
    for (const part of ['Background', 'Decision', 'Consequences', 'Example']) {
      expect(text).toContain(`\n## ${part}`);
    }
  });
});

function section(title: string): string {
  const [, text] = readme.split(`\n## ${title}\n`);
  if (text === undefined) throw new Error(`the README has no section ${title}`);
  return text.split('\n## ')[0]!;
}
