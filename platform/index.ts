/** The platform: the eleven modules, composed and served. */
export { createPlatform, startPlatform, type Platform } from './platform';
export type { PlatformPorts } from './parts/common';
