import { defineConfig } from 'vitest/config'

/** Tests run from source: the `@pare/source` condition of every package's exports map. */
export const base = defineConfig({
  ssr: { resolve: { conditions: ['@pare/source', 'node', 'import', 'module', 'default'] } },
  resolve: { conditions: ['@pare/source', 'module', 'node', 'development|production'] },
  test: {
    environment: 'node',
    include: ['src/**/*.test.ts'],
    testTimeout: 30_000,
    // `npm test` counts the cases of all packages from these files.
    reporters: ['default', 'json'],
    outputFile: { json: '.vitest/results.json' },
  },
})
