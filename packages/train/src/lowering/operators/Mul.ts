import { elementwise } from '../elementwise.ts'

export const Mul = elementwise('Mul')
