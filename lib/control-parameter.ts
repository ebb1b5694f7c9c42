import { StringParameter } from 'aws-cdk-lib/aws-ssm';
import type { Construct } from 'constructs';

/**
 * What the console shows next to the control parameter. A change of this text writes `{}` into the parameter, which
 * resumes a paused purge: see docs/upgrade.md.
 */
const CONTROL =
  'Pauses or slows the purge of expired Django sessions from its next run on. JSON, all of it optional: ' +
  '{"paused": true, "note": "why", "graceSeconds": 3600, "targetBatchMs": 250, "pauseRatio": 0.5, ' +
  '"maxBatchSize": 5000}. {} leaves all as deployed';

/** The parameter that pauses or slows a purge without a deployment. */
export function newControlParameter(scope: Construct): StringParameter {
  return new StringParameter(scope, 'ControlParameter', {
    description: CONTROL,
    stringValue: '{}',
  });
}
