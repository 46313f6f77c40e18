import { elementwise } from '../elementwise.ts'

export const Pow = elementwise('Pow')
