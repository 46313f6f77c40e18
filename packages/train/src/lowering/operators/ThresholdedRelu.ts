import { elementwise } from '../elementwise.ts'

export const ThresholdedRelu = elementwise('ThresholdedRelu')
