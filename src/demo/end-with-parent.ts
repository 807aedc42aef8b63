/**
 * Preloaded into a child of the demo: it ends, in good order, when the demo is gone, however it went.
 * The child itself knows nothing of the demo.
 */
process.on('disconnect', () => process.kill(process.pid, 'SIGTERM'));
// Listening must not keep a child alive that has nothing else to do.
process.channel?.unref();
