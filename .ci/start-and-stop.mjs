/**
 * Starts dist/main.js as an operator would, with nothing configured but a port and a data folder:
 * it must say that it is ready, be ready, answer a query, and be gone within 10 s of SIGTERM with 0.
 *
 * Usage: node .ci/start-and-stop.mjs DATA_DIR
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';

/** The first start may fetch the servers over a slow line. */
const READY_WITHIN_MS = 300_000;
const GONE_WITHIN_MS = 10_000;

const main = new URL('../dist/main.js', import.meta.url).pathname;
const service = spawn(process.execPath, ['--enable-source-maps', main], {
  env: { ...process.env, PORT: '0', DATA_DIR: process.argv[2] },
  stdio: ['ignore', 'pipe', 'inherit'],
});
const exited = once(service, 'exit');
process.on('exit', () => service.kill('SIGKILL'));

try {
  const port = await within(READY_WITHIN_MS, 'a line that says it is ready', readyPort());
  const url = `http://127.0.0.1:${port}`;

  const readyz = await fetch(`${url}/readyz`);
  expect('GET /readyz', readyz.status, 200);

  const answer = await fetch(`${url}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ query: '{ claimableTemplates { totalCount nodes { id } } }' }),
  });
  const body = await answer.json();
  expect('POST /graphql', answer.status, 200);
  expect(
    'its data',
    JSON.stringify(body),
    '{"data":{"claimableTemplates":{"totalCount":0,"nodes":[]}}}',
  );

  const signalledMs = performance.now();
  service.kill('SIGTERM');
  const [code] = await within(GONE_WITHIN_MS, 'its end after SIGTERM', exited);
  expect('its exit code', code, 0);
  console.log(`gone ${Math.round(performance.now() - signalledMs)} ms after SIGTERM`);
} catch (error) {
  console.error(String(error));
  service.kill('SIGTERM');
  await Promise.race([exited, new Promise((done) => setTimeout(done, GONE_WITHIN_MS).unref())]);
  process.exit(1);
}

/** The port in the JSON line with msg "ready"; every line is shown. */
async function readyPort() {
  const lines = createInterface({ input: service.stdout });
  return new Promise((resolve, reject) => {
    lines.on('line', (line) => {
      console.log(`    ${line}`);
      const entry = line.startsWith('{') ? JSON.parse(line) : {};
      if (entry.msg === 'ready') resolve(entry.port);
    });
    void exited.then(([code]) => reject(new Error(`it ended with ${code} before it was ready`)));
  });
}

async function within(ms, what, promise) {
  const late = new Promise((_, reject) => {
    setTimeout(() => reject(new Error(`waited ${ms} ms for ${what}`)), ms).unref();
  });
  return Promise.race([promise, late]);
}

function expect(what, actual, wanted) {
  if (actual !== wanted) throw new Error(`${what} is ${actual}, not ${wanted}`);
  console.log(`${what}: ${actual}`);
}
