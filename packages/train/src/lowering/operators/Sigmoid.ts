import { elementwise } from '../elementwise.ts'

export const Sigmoid = elementwise('Sigmoid')
