import { elementwise } from '../elementwise.ts'

export const HardSigmoid = elementwise('HardSigmoid')
