import { elementwise } from '../elementwise.ts'

export const Exp = elementwise('Exp')
