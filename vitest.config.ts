import { availableParallelism } from 'node:os';
import { defineConfig } from 'vitest/config';

const setupFiles = ['test/support/seed.ts'];

export default defineConfig({
  test: {
    projects: [
      {
        test: {
          name: 'unit',
          setupFiles,
          // They compute: vitest would leave one core to itself, of two the half.
          maxWorkers: availableParallelism(),
          testTimeout: 60_000,
          include: ['test/unit/**/*.test.ts', 'test/conformance/**/*.test.ts', 'test/property/**/*.test.ts'],
        },
      },
      // What runs the built bundles as processes.
      { test: { name: 'protocol', setupFiles, include: ['test/{lsp,cli,neovim,package}/**/*.test.ts'], testTimeout: 60_000, hookTimeout: 240_000 } },
      // One VS Code for all: a file at a time.
      { test: { name: 'e2e', include: ['test/e2e/**/*.test.ts'], testTimeout: 120_000, hookTimeout: 240_000, fileParallelism: false } },
    ],
  },
});
