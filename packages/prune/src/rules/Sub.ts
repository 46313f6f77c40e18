import { defineElementwise } from './elementwise.ts'

export const Sub = defineElementwise('Sub')
