export { Factors, type NewCodes } from './factors';
export { assertFreshProof } from './step-up';
export { SecondFactorSignIn } from './second-factor-sign-in';
