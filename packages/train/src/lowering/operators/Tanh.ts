import { elementwise } from '../elementwise.ts'

export const Tanh = elementwise('Tanh')
