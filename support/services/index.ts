export { ServiceError, type Provider, type Service } from './contract';
export { startServices, type RunningServices, type StartOptions } from './start-services';
