import { mergeConfig } from 'vite'
import { base } from '../vitest.base.ts'

export default mergeConfig(base, { test: { include: ['*.test.ts'] } })
