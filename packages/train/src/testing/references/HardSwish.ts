import { defineElementwise } from './elementwise.ts'

export const HardSwish = defineElementwise('HardSwish', 'X', x => x * Math.max(0, Math.min(1, x / 6 + 1 / 2)))
