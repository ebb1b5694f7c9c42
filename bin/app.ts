import { App } from 'aws-cdk-lib';
import { SessionPurgeStack } from '../lib';
import { ContextError, readPurges } from '../lib/purge-context';

const app = new App();

try {
  for (const { stackId, props } of readPurges(app.node.getAllContext())) {
    new SessionPurgeStack(app, stackId, props);
  }
} catch (error) {
  if (!(error instanceof ContextError)) throw error;
  console.error(error.message);
  process.exit(1);
}
