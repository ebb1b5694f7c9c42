import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { App } from 'aws-cdk-lib';
import { SessionPurgeStack } from '../lib';
import { ContextError } from '../lib/context-error';
import { fleetOf } from '../lib/fleet-file';
import { addFleet } from '../lib/fleet-stack';
import { type ConfiguredPurge, readPurges } from '../lib/purge-context';

// The tests check the templates against the rules of CloudFormation. The configuration changes values only, so the app
// does not check again, which would take five seconds, and four more for a hundred purges.
const app = new App({ builtinCloudFormationValidation: false });

// The CDK leaves the report of an earlier synth in place, and the CLI would print its warnings again.
rmSync(join(app.outdir, 'validation-report.json'), { force: true });

const now = new Date().toISOString();

/** CloudFormation does nothing where nothing has changed, but tenants may have come since the last deployment. */
function withNewTenants(purge: ConfiguredPurge): ConfiguredPurge {
  const { tables, adminSecretArn, grantAgain = now } = purge.props;
  const mayGrow = adminSecretArn !== undefined && tables?.some((name) => name.startsWith('*.'));
  return mayGrow ? { ...purge, props: { ...purge.props, grantAgain } } : purge;
}

try {
  const context = app.node.getAllContext();
  const fleet = fleetOf(context);
  if (fleet !== undefined) {
    addFleet(app, { ...fleet, purges: fleet.purges.map(withNewTenants) });
  } else {
    for (const { stackId, props } of readPurges(context).map(withNewTenants)) {
      new SessionPurgeStack(app, stackId, props);
    }
  }
} catch (error) {
  if (!(error instanceof ContextError)) throw error;
  console.error(error.message);
  process.exit(1);
}
