import { elementwise } from '../elementwise.ts'

export const Gelu = elementwise('Gelu')
