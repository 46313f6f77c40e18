import { elementwise } from '../elementwise.ts'

export const Mish = elementwise('Mish')
