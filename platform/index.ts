/** The platform: the eleven modules, composed and served. */
export { createPlatform, startPlatform, type Platform, type PlatformPorts } from './platform';
