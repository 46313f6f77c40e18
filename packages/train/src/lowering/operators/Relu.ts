import { elementwise } from '../elementwise.ts'

export const Relu = elementwise('Relu')
