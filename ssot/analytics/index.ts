export * from './contract';
export { openAnalytics } from './analytics';
export { usageEventSchema } from './events';
export { plainFault } from './plain-fault';
export { listPrices, priceAt, type PriceEntry, type PriceTable } from './prices';
export type { Amount } from './amounts';
export { AnalyticsError, ANALYTICS_CODES, type AnalyticsCode } from './errors';
export { usageFromTemplate } from './dataset/template';
export { busyMonth } from './dataset/busy-month';
