/** One process of the built service: its address once it is ready, its last words, and how it ended. */
import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { adopt, signalOwn } from './own-processes.js';

export interface Exit {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
}

export interface ServiceProcess {
  readonly name: string;
  /** Its GraphQL endpoint; undefined until it is ready, and when it is gone. */
  url(): string | undefined;
  /** Whether it became ready before it ended. */
  readonly ready: Promise<boolean>;
  readonly exit: Promise<Exit>;
  /** Its last warnings and errors, and what it wrote to stderr. */
  lastWords(): string[];
  signal(signal: NodeJS.Signals): void;
  /** To a preload that listens; resolves with the next message back. */
  tell(message: object): Promise<unknown>;
}

export interface ServiceOptions {
  readonly name: string;
  /** The file to run. */
  readonly main: string;
  readonly env: Readonly<Record<string, string>>;
  /** Of test/chaos/preload, beside the one that all have. */
  readonly preload?: readonly Preload[];
}

export type Preload = 'crash-at' | 'skew-clock';

const WORDS_KEPT = 20;
/** Of pino. */
const WARN = 40;

export function startServiceProcess({
  name,
  main,
  env,
  preload = [],
}: ServiceOptions): ServiceProcess {
  const imports = ['end-with-runner', ...preload].flatMap((file) => ['--import', preloadUrl(file)]);
  const child = spawn(process.execPath, [...imports, '--enable-source-maps', main], {
    env: {
      PATH: process.env['PATH'] ?? '',
      NODE_ENV: 'test',
      PORT: '0',
      LOG_LEVEL: 'info',
      ...env,
    },
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
  });
  const identity = child.pid === undefined ? undefined : adopt(child.pid);
  const words: string[] = [];
  const keep = (line: string) => {
    words.push(line.slice(0, 2_000));
    if (words.length > WORDS_KEPT) words.shift();
  };
  let url: string | undefined;
  const ready = Promise.withResolvers<boolean>();
  createInterface({ input: child.stderr! }).on('line', keep);
  createInterface({ input: child.stdout! }).on('line', (line) => {
    const entry = parse(line);
    if (entry.msg === 'ready') {
      url = `http://127.0.0.1:${entry.port}/graphql`;
      ready.resolve(true);
    }
    if ((entry.level ?? WARN) >= WARN) keep(line);
  });
  const exit = new Promise<Exit>((resolve) => {
    child.once('error', () => resolve({ code: 1, signal: null }));
    child.once('exit', (code, signal) => resolve({ code, signal }));
  }).then((how) => {
    url = undefined;
    ready.resolve(false);
    return how;
  });
  return {
    name,
    url: () => url,
    ready: ready.promise,
    exit,
    lastWords: () => [...words],
    signal: (signal) => {
      if (identity !== undefined) signalOwn(identity, signal);
    },
    tell: (message) =>
      new Promise((resolve) => {
        child.once('message', resolve);
        child.send(message);
      }),
  };
}

function preloadUrl(file: string): string {
  return fileURLToPath(new URL(`../preload/${file}.mjs`, import.meta.url));
}

function parse(line: string): { msg?: string; port?: number; level?: number } {
  try {
    return JSON.parse(line) as { msg?: string; port?: number; level?: number };
  } catch {
    return {};
  }
}
