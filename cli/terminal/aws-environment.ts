import { defaultProvider } from '@aws-sdk/credential-provider-node';
import { clusterRegion } from '../../contract/arn';
import { AccessError } from './access-error';

/** Endpoints and certificates that the caller's environment sets. */
const PASSED_ON = /^(AWS_ENDPOINT_URL|AWS_CA_BUNDLE|NODE_EXTRA_CA_CERTS|AWS_USE_)/;

function noCredentials({ message }: Error): never {
  const remedy = 'log in to AWS: aws sso login, AWS_PROFILE, or AWS_ACCESS_KEY_ID and its secret';
  throw new AccessError('credentials', message, remedy);
}

/**
 * The variables that Lambda would give to the function: the caller's credentials, wherever they come from (a profile,
 * SSO, a role), and the region of the cluster.
 *
 * @throws {AccessError} when the SDK finds no credentials
 */
export async function awsEnvironment(clusterArn: string): Promise<Record<string, string>> {
  const credentials = await defaultProvider()().catch(noCredentials);
  const { accessKeyId, secretAccessKey, sessionToken } = credentials;
  const passedOn = Object.entries(process.env).filter(
    (entry): entry is [string, string] => PASSED_ON.test(entry[0]) && entry[1] !== undefined,
  );
  return {
    ...Object.fromEntries(passedOn),
    AWS_REGION: clusterRegion(clusterArn) ?? '',
    AWS_ACCESS_KEY_ID: accessKeyId,
    AWS_SECRET_ACCESS_KEY: secretAccessKey,
    ...(sessionToken !== undefined && { AWS_SESSION_TOKEN: sessionToken }),
  };
}
