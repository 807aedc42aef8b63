import { defineConfig } from 'vitest/config';

// graphql has a CommonJS `main` and an ESM `module` but no exports map: without the alias Vite hands
// our sources the ESM copy while externalised packages load the CommonJS one ("another realm").
export default defineConfig({
  resolve: { alias: [{ find: /^graphql$/, replacement: 'graphql/index.js' }] },
  oxc: { decorator: { legacy: true, emitDecoratorMetadata: false } },
  test: {
    include: ['test/**/*.test.ts'],
    setupFiles: ['test/kit/setup.ts'],
    globalSetup: ['test/kit/servers.ts'],
    environment: 'node',
    testTimeout: 30_000,
    hookTimeout: 120_000,
    maxWorkers: 2,
  },
});
