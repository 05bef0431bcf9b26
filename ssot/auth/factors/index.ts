export { Factors } from './factors';
export { SecondFactorSignIn } from './second-factor-sign-in';
