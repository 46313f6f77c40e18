import { elementwise } from '../elementwise.ts'

export const Sqrt = elementwise('Sqrt')
