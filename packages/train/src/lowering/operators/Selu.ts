import { elementwise } from '../elementwise.ts'

export const Selu = elementwise('Selu')
