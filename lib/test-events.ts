import { RemovalPolicy } from 'aws-cdk-lib';
import { CfnRegistry, CfnSchema } from 'aws-cdk-lib/aws-eventschemas';
import { Construct } from 'constructs';
import type { SessionPurge } from './session-purge';

/** Where the Lambda console looks for the events that everybody in the account may use. */
const REGISTRY = 'lambda-testevent-schemas';

/** What the console offers under "Shareable", by the names that it shows. */
const TEST_EVENTS = {
  'dry run': { dryRun: true },
  'purge now': {},
  'at most 1000 rows': { maxRows: 1000 },
  check: { check: true },
};

/** The console's convention, not a contract of AWS: an OpenAPI document whose examples are the events. */
const DOCUMENT = {
  openapi: '3.0.0',
  info: { version: '1.0.0', title: 'Event' },
  paths: {},
  components: {
    schemas: {
      Event: {
        type: 'object',
        properties: {
          dryRun: { type: 'boolean' },
          check: { type: 'boolean' },
          maxRows: { type: 'integer', minimum: 1 },
          cutoff: { type: 'string', format: 'date-time' },
          tables: { type: 'array', items: { type: 'string' } },
        },
      },
    },
    examples: Object.fromEntries(
      Object.entries(TEST_EVENTS).map(([name, value]) => [name, { value }]),
    ),
  },
};

/** Properties of `SessionPurgeTestEvents`. */
export interface SessionPurgeTestEventsProps {
  /** Whose function the events are for. */
  readonly purge: SessionPurge;

  /**
   * Whether to create the registry, which an account has once a region; it stays when the stack is deleted.
   *
   * @default false - it exists: the console creates it with the first event that somebody shares
   */
  readonly createRegistry?: boolean;
}

/** Events for the Lambda console's "Test", shared with everybody who may read them in the account. */
export class SessionPurgeTestEvents extends Construct {
  constructor(scope: Construct, id: string, props: SessionPurgeTestEventsProps) {
    super(scope, id);
    const schema = new CfnSchema(this, 'Schema', {
      registryName: REGISTRY,
      schemaName: `_${props.purge.function.functionName}-schema`,
      type: 'OpenApi3',
      description: 'Events for the purge of expired Django sessions',
      content: JSON.stringify(DOCUMENT),
    });
    if (!props.createRegistry) return;
    const registry = new CfnRegistry(this, 'Registry', { registryName: REGISTRY });
    // Others keep their events in it.
    registry.applyRemovalPolicy(RemovalPolicy.RETAIN);
    schema.addResourceDependency(registry);
  }
}
