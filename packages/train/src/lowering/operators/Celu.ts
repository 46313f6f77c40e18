import { elementwise } from '../elementwise.ts'

export const Celu = elementwise('Celu')
