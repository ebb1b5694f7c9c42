import { RemovalPolicy } from 'aws-cdk-lib';
import { CfnRegistry, CfnSchema } from 'aws-cdk-lib/aws-eventschemas';
import { Construct } from 'constructs';
import { flagMistake, named, purgeMistake, refuse, refuseMissing } from './prop-mistakes';
import type { SessionPurge } from './session-purge';

/** The registry in which the Lambda console looks for shared events. */
const REGISTRY = 'lambda-testevent-schemas';

/** The events that the console offers under "Shareable", by their names there. */
const TEST_EVENTS = {
  'dry run': { dryRun: true },
  'purge now': {},
  'at most 1000 rows': { maxRows: 1000 },
  check: { check: true },
};

/**
 * An OpenAPI document whose examples are the events. This is the form that the console uses; AWS does not document it
 * and may change it.
 */
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
          maxSeconds: { type: 'integer', minimum: 60, maximum: 900 },
          report: { type: 'string', enum: ['always'] },
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
  /** The purge that the events are for. */
  readonly purge: SessionPurge;

  /**
   * Whether to create the registry. An account has one for each region. It stays when the stack is deleted.
   *
   * @default false - the console creates the registry when somebody shares the first event
   */
  readonly createRegistry?: boolean;
}

/**
 * Events for the "Test" tab of the Lambda console, shared within the account.
 *
 * @throws Error that names all props that cannot work
 *
 * @example
 * new SessionPurgeTestEvents(this, 'TestEvents', { purge });
 */
export class SessionPurgeTestEvents extends Construct {
  constructor(scope: Construct, id: string, props: SessionPurgeTestEventsProps) {
    super(scope, id);
    refuseMissing(this.node.path, props);
    const mistakes = named({
      purge: purgeMistake(this, props.purge),
      createRegistry: flagMistake(props.createRegistry),
    });
    refuse(this.node.path, mistakes);
    const schema = new CfnSchema(this, 'Schema', {
      registryName: REGISTRY,
      schemaName: `_${props.purge.function.functionName}-schema`,
      type: 'OpenApi3',
      description: 'Events for the purge of expired Django sessions',
      content: JSON.stringify(DOCUMENT),
    });
    if (!props.createRegistry) return;
    const registry = new CfnRegistry(this, 'Registry', { registryName: REGISTRY });
    // The registry may hold events of others.
    registry.applyRemovalPolicy(RemovalPolicy.RETAIN);
    schema.node.addDependency(registry);
  }
}
