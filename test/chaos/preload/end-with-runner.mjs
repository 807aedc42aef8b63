/** The service ends when the run that started it is gone, however it went: no run leaves a process behind. */
process.on('disconnect', () => process.kill(process.pid, 'SIGKILL'));
process.channel?.unref();
