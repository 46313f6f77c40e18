import { elementwise } from '../elementwise.ts'

export const Sub = elementwise('Sub')
