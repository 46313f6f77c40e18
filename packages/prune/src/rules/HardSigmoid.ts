import { defineElementwise } from './elementwise.ts'

export const HardSigmoid = defineElementwise('HardSigmoid')
