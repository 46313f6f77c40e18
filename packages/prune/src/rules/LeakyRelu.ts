import { defineElementwise } from './elementwise.ts'

export const LeakyRelu = defineElementwise('LeakyRelu')
