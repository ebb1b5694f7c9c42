import { ArnFormat, Stack } from 'aws-cdk-lib';
import * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import { Construct } from 'constructs';
import { functionLink, logLink } from './console-links';
import { costWidgets, healthWidgets, keepingUpWidgets, troubleWidgets } from './dashboard-widgets';
import { kindMistake, named, purgeMistake, refuse, refuseMissing } from './prop-mistakes';
import type { SessionPurge } from './session-purge';
import type { SessionPurgeAlarms } from './session-purge-alarms';

/** Properties of `SessionPurgeDashboard`. */
export interface SessionPurgeDashboardProps {
  /** The purge that it shows. */
  readonly purge: SessionPurge;

  /**
   * The alarms whose state it shows.
   *
   * @default - no alarms are shown
   */
  readonly alarms?: SessionPurgeAlarms;
}

/** A line of text across the whole dashboard. */
export function heading(markdown: string, height = 1): cloudwatch.TextWidget {
  return new cloudwatch.TextWidget({
    markdown,
    width: 24,
    height,
    background: cloudwatch.TextWidgetBackground.TRANSPARENT,
  });
}

function introduction({ _settled: props, function: fn, logGroup }: SessionPurge): string {
  const pages = [
    ['run it by hand', functionLink(fn, fn.functionName)],
    ['its log', logLink(fn, logGroup.logGroupName)],
  ];
  const links = pages.flatMap(([text, page]) => (page === undefined ? [] : `[${text}](${page})`));
  return (
    `# Expired Django sessions of ${props.database}\n` +
    `Deleted by a Lambda function on the schedule \`${props.schedule.expressionString}\` (UTC)` +
    `${links.length === 0 ? '' : `: ${links.join(', ')}`}.`
  );
}

/**
 * A dashboard that answers an operator's questions in this order: is it working, is it keeping up, what does it cost
 * the database, what went wrong. It shows two weeks, since most purges run once a day.
 *
 * @throws Error that names all props that cannot work
 *
 * @example
 * new SessionPurgeDashboard(this, 'Dashboard', { purge, alarms });
 */
export class SessionPurgeDashboard extends Construct {
  /** The dashboard. */
  readonly dashboard: cloudwatch.Dashboard;

  constructor(scope: Construct, id: string, props: SessionPurgeDashboardProps) {
    super(scope, id);
    refuseMissing(this.node.path, props);
    const { purge, alarms } = props;
    const mistakes = named({
      purge: purgeMistake(this, purge),
      alarms: kindMistake(alarms, 'a SessionPurgeAlarms', 'alarms'),
    });
    refuse(this.node.path, mistakes);
    const { resourceName: identifier = '', region } = Stack.of(this).splitArn(
      purge._settled.clusterArn,
      ArnFormat.COLON_RESOURCE_NAME,
    );
    this.dashboard = new cloudwatch.Dashboard(this, 'Dashboard', {
      start: '-P14D',
      widgets: [
        [heading(introduction(purge), 2)],
        [heading('## Is it working?')],
        healthWidgets(purge, Object.values(alarms?.alarms ?? {})),
        [heading('## Is it keeping up?')],
        keepingUpWidgets(purge),
        [heading('## What does it cost the database?')],
        costWidgets(purge, { identifier, ...(region && { region }) }),
        [heading('## What went wrong?')],
        ...troubleWidgets(purge).map((widget) => [widget]),
      ],
    });
  }
}
