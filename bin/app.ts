import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { App } from 'aws-cdk-lib';
import { SessionPurgeStack } from '../lib';
import { ContextError } from '../lib/context-error';
import { fleetOf } from '../lib/fleet-file';
import { addFleet } from '../lib/fleet-stack';
import { readPurges } from '../lib/purge-context';

// The tests check the templates against the rules of CloudFormation. The configuration changes values only, so the app
// does not check again, which would take five seconds, and four more for a hundred purges.
const app = new App({ builtinCloudFormationValidation: false });

// The CDK leaves the report of an earlier synth in place, and the CLI would print its warnings again.
rmSync(join(app.outdir, 'validation-report.json'), { force: true });

try {
  const context = app.node.getAllContext();
  const fleet = fleetOf(context);
  if (fleet !== undefined) {
    addFleet(app, fleet);
  } else {
    for (const { stackId, props } of readPurges(context)) {
      new SessionPurgeStack(app, stackId, props);
    }
  }
} catch (error) {
  if (!(error instanceof ContextError)) throw error;
  console.error(error.message);
  process.exit(1);
}
