export * from './contract';
export { openAnalytics } from './analytics';
export { usageEventSchema } from './recording/events';
export { plainFault } from './validation/plain-fault';
export { listPrices, priceAt, type PriceEntry, type PriceTable } from './prices/prices';
export type { Amount } from './prices/amounts';
export { AnalyticsError, ANALYTICS_CODES, type AnalyticsCode } from './errors';
export { COMPANY, type ErasureRecord, type ErasureRecords } from './erasure-records';
export type { Archive, ArchivedPart, PartRef, StoredPart } from './archive/archive';
