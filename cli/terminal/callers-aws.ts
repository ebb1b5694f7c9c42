import { defaultProvider } from '@aws-sdk/credential-provider-node';

/** Endpoints and certificates that the caller's own setup asks for. */
const PASSED_ON = /^(AWS_ENDPOINT_URL|AWS_CA_BUNDLE|NODE_EXTRA_CA_CERTS|AWS_USE_)/;

/**
 * The caller's credentials as Lambda hands a function its own, whatever they come from: a profile, SSO, a role; the
 * region is the cluster's.
 *
 * @throws {Error} when none are found, in the SDK's words
 */
export async function callersAws(clusterArn: string): Promise<Record<string, string>> {
  const { accessKeyId, secretAccessKey, sessionToken } = await defaultProvider()();
  const passedOn = Object.entries(process.env).filter(
    (entry): entry is [string, string] => PASSED_ON.test(entry[0]) && entry[1] !== undefined,
  );
  return {
    ...Object.fromEntries(passedOn),
    AWS_REGION: clusterArn.split(':')[3] ?? '',
    AWS_ACCESS_KEY_ID: accessKeyId,
    AWS_SECRET_ACCESS_KEY: secretAccessKey,
    ...(sessionToken !== undefined && { AWS_SESSION_TOKEN: sessionToken }),
  };
}
