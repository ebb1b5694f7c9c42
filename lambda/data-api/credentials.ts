/**
 * What the SDK's chain of credentials comes down to in Lambda: its first link, the environment that Lambda fills.
 *
 * The bundle takes this file for `@aws-sdk/credential-provider-node` (see the script `bundle`), without the chain's
 * other links: profiles, SSO, processes and metadata services, of which a function has none.
 */
export { fromEnv as defaultProvider } from '@aws-sdk/credential-provider-env';
