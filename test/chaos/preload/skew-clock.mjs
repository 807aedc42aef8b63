/** Shifts what Date says, on a message of the run: { skewMs }. Monotonic time (performance.now) is not touched. */
const RealDate = Date;
let skewMs = 0;

globalThis.Date = new Proxy(RealDate, {
  construct: (target, args, newTarget) =>
    Reflect.construct(target, args.length === 0 ? [target.now() + skewMs] : args, newTarget),
  apply: (target) => new target(target.now() + skewMs).toString(),
  get: (target, name, receiver) =>
    name === 'now' ? () => target.now() + skewMs : Reflect.get(target, name, receiver),
});
process.on('message', (message) => {
  if (typeof message?.skewMs !== 'number') return;
  skewMs = message.skewMs;
  process.send?.({ skewed: skewMs });
});
process.channel?.unref();
