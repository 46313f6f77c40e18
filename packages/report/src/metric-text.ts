import { digits, percentText } from '@pare/core-graph'

export const isFigure = (value: number | null | undefined): value is number => Number.isFinite(value)

export const isShare = (metric: string) => /^top\d+$/.test(metric)

export const metricText = (metric: string, value: number) => (isShare(metric) ? percentText(value) : digits(value, 4))
