/** One round of load by wrk: a closed loop, each connection asks again when it was answered. */
import { spawn } from 'node:child_process';
import { resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { provideTool, type Provided } from '../../test/kit/provide-tool.js';

export interface Target {
  readonly url: string;
  /** A file with one token a line. */
  readonly tokens: string;
  /** JSON with %KEY% where every request has a number of its own. */
  readonly body: string;
}

export interface Round {
  readonly requests: number;
  readonly perSecond: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
}

const SCRIPT = fileURLToPath(new URL('wrk.lua', import.meta.url));

export function provideWrk(): Promise<Provided> {
  const packages = ['wrk', 'libluajit-5.1-2'];
  const tool = { name: 'wrk', versionFlag: '-v', packages };
  return provideTool(resolve('.cache/servers'), tool);
}

/** @throws where a request was not answered with 200 */
export async function shoot(
  { program, env }: Provided,
  { url, tokens, body }: Target,
  { connections, seconds }: { readonly connections: number; readonly seconds: number },
): Promise<Round> {
  const { origin, pathname } = new URL(url);
  const args = [
    '-t1',
    `-c${connections}`,
    `-d${seconds}s`,
    '--timeout',
    '10s',
    '-s',
    SCRIPT,
    origin,
  ];
  const output = await run(program, args, {
    ...env,
    BENCH_TOKENS: tokens,
    BENCH_BODY: body,
    BENCH_PATH: pathname,
  });
  const report = JSON.parse(output.trimEnd().split('\n').at(-1)!) as Round & {
    durationMs: number;
    refused: number;
    broken: number;
  };
  const { requests, durationMs, refused, broken, p50Ms, p99Ms } = report;
  if (refused + broken > 0) throw new Error(`${refused} answers were not 200, ${broken} broke`);
  return { requests, perSecond: (requests * 1_000) / durationMs, p50Ms, p99Ms };
}

function run(program: string, args: readonly string[], env: NodeJS.ProcessEnv): Promise<string> {
  return new Promise((settle, fail) => {
    const child = spawn(program, args, {
      env: { ...process.env, ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    const chunks: Buffer[] = [];
    for (const stream of [child.stdout, child.stderr])
      stream.on('data', (chunk: Buffer) => chunks.push(chunk));
    child.once('error', fail);
    child.once('close', (code) => {
      const output = Buffer.concat(chunks).toString();
      if (code === 0) settle(output);
      else fail(new Error(output));
    });
  });
}
