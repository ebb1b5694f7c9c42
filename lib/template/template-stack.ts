import {
  type App,
  Aws,
  type CfnElement,
  CfnResource,
  DefaultStackSynthesizer,
  Duration,
  Fn,
  type IResolvable,
  type IStackSynthesizer,
  Token,
  Validations,
} from 'aws-cdk-lib';
import type { CfnAlarm } from 'aws-cdk-lib/aws-cloudwatch';
import type { CfnRule } from 'aws-cdk-lib/aws-events';
import type { CfnSecret } from 'aws-cdk-lib/aws-secretsmanager';
import type { IConstruct } from 'constructs';
import type { Setting } from '../../contract/setting-kinds';
import { propsOf } from '../context-props';
import { CONTEXT_SETTINGS } from '../deployment-settings';
import { userDescription } from '../purge-secret';
import { backlogText, noSuccessText } from '../session-purge-alarms';
import { SessionPurgeStack } from '../session-purge-stack';
import type { SessionPurgeStackProps } from '../session-purge-stack-props';
import { PARAMETER_NAMES } from './parameter-groups';
import { givenCondition, parameterOf } from './parameter-names';
import { OPTIONAL_PARAMETERS } from './parameters';

/** A property that is there under a condition. */
const onlyIf = (condition: string, value: string): IResolvable =>
  Fn.conditionIf(condition, value, Aws.NO_VALUE);

function tokenFor(name: string, setting: Setting): unknown {
  const value = OPTIONAL_PARAMETERS.includes(name)
    ? onlyIf(givenCondition(name), Fn.ref(name)).toString()
    : Fn.ref(name);
  if (setting.kind === 'tables') return [value];
  return setting.kind === 'number' ? Token.asNumber(value) : value;
}

/** `9999` is the CDK's word for a log that is kept; CloudFormation wants no number for that. */
const LOG_RETENTION = Token.asNumber(
  Fn.conditionIf('KeepsLogForever', Aws.NO_VALUE, Fn.ref('LogRetentionDays')),
);

/** These decide about resources and texts, and not about a value that a prop hands on. */
const WITHOUT_TOKEN = [
  'secretArn',
  'alarmTopicArn',
  'whenPaused',
  'enabled',
  'maxBacklogDays',
  'dashboard',
  'drain',
];

function propsByParameters(): SessionPurgeStackProps {
  const values = Object.entries<Setting>(CONTEXT_SETTINGS)
    .filter(([key]) => PARAMETER_NAMES.includes(parameterOf(key)) && !WITHOUT_TOKEN.includes(key))
    .map(([key, setting]) => [key, tokenFor(parameterOf(key), setting)]);
  const whenPaused = onlyIf('SkipsWhenPaused', 'skip').toString();
  return propsOf({
    ...Object.fromEntries(values),
    alarmEmail: Fn.ref('AlarmEmail'),
    whenPaused,
    logRetentionDays: LOG_RETENTION,
    drain: true,
  }) as SessionPurgeStackProps;
}

/** The seconds of the length that a parameter chooses. CloudFormation cannot calculate. */
const secondsOf = (unit: 'Hours' | 'Days', parameter: string) =>
  Fn.findInMap('Seconds', unit, Fn.ref(parameter));

const resourceOf = <Type extends CfnResource>(construct: IConstruct | undefined): Type => {
  const resource = construct?.node.defaultChild ?? construct;
  if (resource instanceof CfnResource) return resource as Type;
  throw new Error('the stack lacks a construct that the template is made of');
};

/** The first eight digits of what tells a stack from all others, also from another one of the same name. */
const STACK_DIGITS = Fn.select(0, Fn.split('-', Fn.select(2, Fn.split('/', Aws.STACK_ID))));

// The CDK's own class does not fit its interface under `exactOptionalPropertyTypes`.
const NO_BOOTSTRAP = new DefaultStackSynthesizer({
  generateBootstrapVersionRule: false,
}) as IStackSynthesizer;

/** The stack of a purge whose props are all parameters, as far as the CDK can say it. */
export class TemplateStack extends SessionPurgeStack {
  constructor(app: App) {
    super(app, 'DjangoSessionPurge', {
      ...propsByParameters(),
      description:
        'Deletes the expired sessions of a Django database on Aurora through the RDS Data API, on a schedule. MIT License',
      // The parameters replace the lengths.
      alarms: { namePrefix: Aws.STACK_NAME, noSuccessWindow: Duration.hours(1) },
      synthesizer: NO_BOOTSTRAP,
      analyticsReporting: false,
    });
    Validations.of(this).acknowledge(
      {
        id: 'Annotation::cdk-django-session-purge:backlog-runs',
        reason: 'the schedule is a parameter, so the alarm looks at a day at once',
      },
      {
        id: 'Annotation::cdk-django-session-purge:max-sleep',
        reason: 'both are parameters',
      },
    );
    this.nameUser();
    this.setAlarms();
    this.setEnabled();
  }

  private setEnabled(): void {
    const rule = resourceOf<CfnRule>(this.purge.rule);
    rule.state = Fn.conditionIf('IsEnabled', 'ENABLED', 'DISABLED').toString();
    const start = this.purge.user?.node.tryFindChild('Start');
    resourceOf(start).addPropertyOverride('Enabled', Fn.ref('Enabled'));
  }

  /** Each stack has a user of its own, although all are made by one template. */
  private nameUser(): void {
    const username = `session_purge_${STACK_DIGITS}`;
    const secret = resourceOf<CfnSecret>(this.purge._settled.secret as unknown as IConstruct);
    secret.description = userDescription(username);
    secret.addPropertyOverride(
      'GenerateSecretString.SecretStringTemplate',
      JSON.stringify({ username }),
    );
  }

  private setAlarms(): void {
    const { alarms: { NoSuccess, Backlog } = {} } = this.alarms ?? {};
    const { database } = this.purge._settled;
    const noSuccess = resourceOf<CfnAlarm>(NoSuccess);
    noSuccess.alarmDescription = noSuccessText(database, Fn.ref('NoSuccessHours'));
    noSuccess.actionsEnabled = Fn.conditionIf('IsEnabled', true, false);
    noSuccess.addPropertyOverride(
      'Metrics.1.MetricStat.Period',
      secondsOf('Hours', 'NoSuccessHours'),
    );
    const backlog = resourceOf<CfnAlarm>(Backlog);
    backlog.alarmDescription = backlogText(database, `${Fn.ref('MaxBacklogDays')} days`);
    backlog.addPropertyOverride('Threshold', secondsOf('Days', 'MaxBacklogDays'));
  }

  /** Ids that a person can read: the path of the construct. */
  protected override allocateLogicalId(element: CfnElement): string {
    return element.node.scopes
      .slice(2)
      .map(({ node }) => node.id)
      .filter((id) => !['Resource', 'Default'].includes(id))
      .join('')
      .replaceAll(/[^A-Za-z0-9]/g, '');
  }
}
