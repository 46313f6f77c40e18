import { perElement } from '../elementwise.ts'

/** With one scale for all; with one for each channel it stays plain */
export const DequantizeLinear = perElement('DequantizeLinear')
