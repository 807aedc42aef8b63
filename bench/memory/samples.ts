/** What a process has in memory, sampled while it works, and whether that grows. */
import { readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';

export interface Sample {
  readonly atMs: number;
  readonly rssMb: number;
  /** After a collection this is what is really kept; between two it rises. */
  readonly heapMb: number;
}

const EVERY_MS = 1_000;

/** One sample a second until the time is over. */
export async function sampleMemory(
  pid: number,
  metricsUrl: string,
  untilMs: number,
): Promise<Sample[]> {
  const samples: Sample[] = [];
  const beganMs = performance.now();
  while (performance.now() < untilMs) {
    const heapMb = await heapOf(metricsUrl);
    samples.push({ atMs: performance.now() - beganMs, rssMb: rssOf(pid), heapMb });
    await sleep(EVERY_MS);
  }
  return samples;
}

/** The line of least squares, in MB a minute. */
export function slopePerMinute(samples: readonly Sample[], of: (sample: Sample) => number): number {
  const mean = (values: readonly number[]) =>
    values.reduce((sum, value) => sum + value, 0) / values.length;
  const meanX = mean(samples.map(({ atMs }) => atMs));
  const meanY = mean(samples.map(of));
  const over = samples.reduce((sum, one) => sum + (one.atMs - meanX) * (of(one) - meanY), 0);
  const under = samples.reduce((sum, one) => sum + (one.atMs - meanX) ** 2, 0);
  return (over / under) * 60_000;
}

function rssOf(pid: number): number {
  const [, kilobytes] = /^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))!;
  return Number(kilobytes) / 1_024;
}

async function heapOf(metricsUrl: string): Promise<number> {
  const text = await (await fetch(metricsUrl)).text();
  const [, bytes] = /^nodejs_heap_size_used_bytes (\d+(?:\.\d+)?(?:e[+-]?\d+)?)$/m.exec(text)!;
  return Number(bytes) / 1_048_576;
}
