import { ArnFormat, Duration, Stack } from 'aws-cdk-lib';
import * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import { Construct } from 'constructs';
import { ALARMS } from './alarm-kinds';
import { type PurgeMetric, purgeMetric } from './purge-metrics';
import { heading } from './session-purge-dashboard';
import type { SessionPurgeStack } from './session-purge-stack';

const TITLES: Readonly<Record<(typeof ALARMS)[number], string>> = {
  FailedRun: 'A run failed',
  NoSuccess: 'No run ended well',
  Backlog: 'The backlog is old',
  DeadLetters: 'A run was given up',
  DrainFailed: 'A drain failed',
};

/** One widget shows no more alarms. */
const ALARMS_A_WIDGET = 100;

const DAY = Duration.days(1);

function chunks<T>(items: readonly T[], size: number): T[][] {
  const count = Math.ceil(items.length / size);
  return Array.from({ length: count }, (_, index) => items.slice(index * size, (index + 1) * size));
}

/** The states of all alarms of a kind. It names them, since references would make the stacks depend on each other. */
function alarmWidgets(
  scope: Construct,
  kind: (typeof ALARMS)[number],
  stacks: readonly SessionPurgeStack[],
): cloudwatch.IWidget[] {
  const alarms = stacks
    .filter((stack) => stack.alarms?.alarms[kind] !== undefined)
    .map((stack) => {
      const alarmArn = Stack.of(scope).formatArn({
        service: 'cloudwatch',
        resource: 'alarm',
        resourceName: `${stack.stackName}-${kind}`,
        arnFormat: ArnFormat.COLON_RESOURCE_NAME,
      });
      return cloudwatch.Alarm.fromAlarmArn(scope, `${stack.stackName}-${kind}`, alarmArn);
    });
  return chunks(alarms, ALARMS_A_WIDGET).map(
    (some) =>
      new cloudwatch.AlarmStatusWidget({ title: TITLES[kind], alarms: some, width: 12, height: 6 }),
  );
}

function table(
  title: string,
  metric: PurgeMetric,
  names: readonly string[],
): cloudwatch.TableWidget {
  return new cloudwatch.TableWidget({
    title,
    metrics: names.map((name) => purgeMetric(name, metric, { label: name, period: DAY })),
    summary: { columns: [cloudwatch.TableSummaryColumn.MAXIMUM], sticky: true },
    width: 12,
    height: 8,
  });
}

/** The overview of a fleet. It answers the four questions of a purge's own dashboard for all purges. */
export function fleetWidgets(
  scope: Construct,
  stacks: readonly SessionPurgeStack[],
): cloudwatch.IWidget[][] {
  const imported = new Construct(scope, 'Alarms');
  const names = stacks.map(({ purge }) => purge._settled.purgeName as string);
  return [
    [
      heading(
        `# Expired Django sessions of ${stacks.length} databases\nA row or a dot is a purge.`,
        2,
      ),
    ],
    [heading('## Is it working? Red needs somebody')],
    ALARMS.flatMap((kind) => alarmWidgets(imported, kind, stacks)),
    [table('Runs that ended well, a day', 'successes', names)],
    [heading('## Is it keeping up?')],
    [
      table(
        'How long the oldest expired session is overdue, in seconds (a day has 86400)',
        'backlogAge',
        names,
      ),
      table('Expired sessions deleted, a day', 'rowsDeleted', names),
    ],
    [heading('## What does it cost the databases?')],
    [table('Slowest delete statement, in milliseconds', 'slowestBatch', names)],
    [heading('## What went wrong?')],
    [table('Runs that failed, a day', 'failures', names)],
  ];
}
