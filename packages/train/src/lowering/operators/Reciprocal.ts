import { elementwise } from '../elementwise.ts'

export const Reciprocal = elementwise('Reciprocal')
