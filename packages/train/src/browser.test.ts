import { fileURLToPath } from 'node:url'
import { build } from 'vite'
import { expect, test } from 'vitest'

test('the package bundles for a browser, and nothing of Node is left in it', async () => {
  const entry = fileURLToPath(new URL('./index.ts', import.meta.url))
  const result = await build({
    configFile: false,
    logLevel: 'error',
    resolve: { conditions: ['@pare/source', 'browser', 'module', 'import'] },
    build: { write: false, minify: false, lib: { entry, formats: ['es'], fileName: 'train' } },
  })
  const [bundle] = [result].flat()
  const code = bundle && 'output' in bundle ? bundle.output.map(part => ('code' in part ? part.code : '')).join('') : ''
  expect(code).toContain('planTraining')
  expect(code).not.toMatch(/from\s*["'](?!\.)/)
  expect(code.match(/["'`]node:\w+|__vite-browser-external|\bBuffer\.from\b/g)).toBeNull()
})
