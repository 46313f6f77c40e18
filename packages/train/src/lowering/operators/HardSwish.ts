import { elementwise } from '../elementwise.ts'

export const HardSwish = elementwise('HardSwish')
