import { elementwise } from '../elementwise.ts'

export const Softplus = elementwise('Softplus')
