import { defineElementwise } from './elementwise.ts'

export const HardSwish = defineElementwise('HardSwish')
