/** Asks this container whether it is ready: node healthcheck.mjs /readyz. Exit 0 if it says so within 3 s. */
const url = `http://127.0.0.1:${process.env['PORT']}${process.argv[2]}`;
const isReady = await fetch(url, { signal: AbortSignal.timeout(3_000) }).then(
  ({ ok }) => ok,
  () => false,
);
process.exit(isReady ? 0 : 1);
