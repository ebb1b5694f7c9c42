/**
 * The credentials of a function in Lambda, which sets them in the environment.
 *
 * The bundle has this file in place of `@aws-sdk/credential-provider-node` (see the script `bundle`). It leaves out the
 * sources that a function does not have: profiles, SSO, processes and metadata services.
 */
export { fromEnv as defaultProvider } from '@aws-sdk/credential-provider-env';
