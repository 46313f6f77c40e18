import { elementwise } from '../elementwise.ts'

export const Neg = elementwise('Neg')
