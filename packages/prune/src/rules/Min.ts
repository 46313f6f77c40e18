import { defineElementwise } from './elementwise.ts'

export const Min = defineElementwise('Min')
