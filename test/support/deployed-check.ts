import { randomUUID } from 'node:crypto';
import { DEPLOYMENT_RESOURCES } from '../../contract/deployment';
import { listedNames } from '../../contract/table-name';
import { startQueryServices } from '../../local/query-services';
import { startSecretsManager } from '../../local/secrets-manager';
import { type StackAnswer, startStackAnswers } from '../../local/stack-answers';
import { DEPLOY_BUNDLE, deploy } from './deployed-function';
import type { EngineDatabase } from './engine-database';

/** What a deployment says of a database whose user was made by hand. `env`: the settings of the purge. */
export async function deployChecked(
  { dataApi, environment }: EngineDatabase,
  env: Readonly<Record<string, string | undefined>>,
): Promise<StackAnswer> {
  const settings = { ...environment, ...env };
  const SecretArn = settings.SESSION_PURGE_SECRET_ARN ?? '';
  const login = JSON.stringify({ username: 'purger', password: randomUUID() });
  const secrets = await startSecretsManager({ [SecretArn]: login });
  const services = await startQueryServices({
    clusters: [dataApi.resourceArn],
    stackStatus: 'CREATE_IN_PROGRESS',
  });
  const stack = await startStackAnswers();
  const { invoke, stop } = deploy({
    env: {
      ...environment,
      AWS_ENDPOINT_URL_SECRETS_MANAGER: secrets.endpoint,
      AWS_ENDPOINT_URL_CLOUDFORMATION: services.endpoint,
      AWS_ENDPOINT_URL_RDS: services.endpoint,
    },
    bundlePath: DEPLOY_BUNDLE,
  });
  try {
    const { error } = await invoke({
      RequestType: 'Create',
      ResourceType: DEPLOYMENT_RESOURCES.user,
      ResponseURL: stack.url(),
      StackId: 'arn:aws:cloudformation:eu-central-1:123456789012:stack/SessionPurge-shop/1',
      RequestId: randomUUID(),
      LogicalResourceId: 'User',
      ResourceProperties: {
        ClusterArn: dataApi.resourceArn,
        SecretArn,
        Database: settings.SESSION_PURGE_DATABASE,
        Tables: listedNames(settings.SESSION_PURGE_TABLES ?? 'django_session'),
        TimeZone: settings.SESSION_PURGE_TIME_ZONE ?? '',
        CheckOnDeploy: 'true',
      },
    });
    const [answer] = stack.answers;
    if (error || answer === undefined) throw new Error(`no answer: ${JSON.stringify(error)}`);
    return answer;
  } finally {
    await stop();
    await Promise.all([secrets.close(), services.close(), stack.close()]);
  }
}
