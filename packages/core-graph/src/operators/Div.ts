import { defineBinary, numeric } from './elementwise.ts'

/** C = A / B; integers are rounded towards zero, broadcast (ONNX Div) */
export const Div = defineBinary('Div', { fold: numeric((a, b) => Math.trunc(a / b), 1) })
