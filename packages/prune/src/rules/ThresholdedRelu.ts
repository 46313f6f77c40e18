import { defineElementwise } from './elementwise.ts'

export const ThresholdedRelu = defineElementwise('ThresholdedRelu')
