import { Template } from 'aws-cdk-lib/assertions';
import type { PurgeReport } from '../../contract/report';
import type { SessionPurgeStackProps } from '../../lib';
import { ALARMS } from '../../lib/alarm-kinds';
import { stackWith } from './synthesized';
import { dashboardOf, type Widget } from './widgets';

const widgetsOf = (given: Partial<SessionPurgeStackProps> = {}) =>
  dashboardOf(Template.fromStack(stackWith(given)));

const titled = (title: RegExp, given: Partial<SessionPurgeStackProps> = {}): Widget => {
  const found = widgetsOf(given).filter((widget) => title.test(widget.properties.title ?? ''));
  expect(found).toHaveLength(1);
  return found[0] as Widget;
};

describe('the dashboard', () => {
  it('asks what an operator asks, in that order', () => {
    const headings = widgetsOf().flatMap(({ properties }) => properties.markdown ?? []);

    expect(headings.map((text) => text.split('\n')[0])).toEqual([
      '# Expired Django sessions of shop',
      '## Is it working?',
      '## Is it keeping up?',
      '## What does it cost the database?',
      '## What went wrong?',
    ]);
  });

  it('leads to the function and the log', () => {
    const [introduction] = widgetsOf();

    expect(introduction?.properties.markdown).toMatch(
      /`cron\(17 2 \* \* \? \*\)`.*\[run it by hand\]\(https:.*\[its log\]\(https:/,
    );
  });

  it('says the unit of every graph, and a title for all but text', () => {
    const graphs = widgetsOf().filter(({ properties }) => properties.view === 'timeSeries');

    expect(graphs.length).toBeGreaterThan(8);
    for (const { properties } of graphs) expect(properties.yAxis?.left?.label).toMatch(/^[a-z]+$/);
    for (const { type, properties } of widgetsOf()) {
      if (type !== 'text') expect(properties.title).toMatch(/^[A-Z].{8,}/);
    }
  });

  it('names what each line is, in words', () => {
    const labels = widgetsOf().flatMap(({ properties }) =>
      (properties.metrics ?? []).map(
        (metric) => metric.at(-1) as { label?: string; visible?: false },
      ),
    );

    expect(labels.filter(({ visible }) => visible !== false).every(({ label }) => label)).toBe(
      true,
    );
  });

  it('fills rows of 24, none over another', () => {
    const covered = new Set<string>();
    for (const { x, y, width, height } of widgetsOf()) {
      expect(x + width).toBeLessThanOrEqual(24);
      for (let column = x; column < x + width; column++) {
        for (let row = y; row < y + height; row++) {
          expect(covered).not.toContain(`${column} ${row}`);
          covered.add(`${column} ${row}`);
        }
      }
    }
  });

  it('shows the state of all alarms', () => {
    expect(titled(/^Alarms/, { drain: true }).properties.alarms).toHaveLength(ALARMS.length);
  });

  it('shows no alarms where there are none', () => {
    const titles = widgetsOf({ alarms: false }).map(({ properties }) => properties.title);

    expect(titles).not.toContainEqual(expect.stringMatching(/^Alarms/));
  });

  it('shows the backlog in days, not in the seconds of its metric', () => {
    const { metrics, yAxis } = titled(/^Backlog/).properties;

    expect(yAxis?.left?.label).toBe('days');
    expect(JSON.stringify(metrics)).toContain('"expression":"seconds / 86400"');
  });

  it('shows the load of the one cluster', () => {
    const { metrics } = titled(/^Load of the cluster/).properties;

    expect(metrics?.map((metric) => metric.slice(0, -1))).toEqual([
      ['AWS/RDS', 'CPUUtilization', 'DBClusterIdentifier', 'shop', 'Role', 'WRITER'],
      ['AWS/RDS', 'ACUUtilization', 'DBClusterIdentifier', 'shop'],
    ]);
  });

  it('shows which dead letters arrived, as the alarm counts them, and which lie in the queue', () => {
    const { metrics = [] } = titled(/^Events that were not delivered/).properties;

    const lines = metrics.map((metric) => {
      const { label, stat = 'Average' } = metric.at(-1) as { label: string; stat?: string };
      return `${label}: ${stat} of ${metric[1]}`;
    });
    expect(lines).toEqual([
      'arrived, as the alarm counts them: Sum of NumberOfMessagesSent',
      'kept in the queue, for 14 days: Maximum of ApproximateNumberOfMessagesVisible',
    ]);
    Template.fromStack(stackWith()).hasResourceProperties('AWS::CloudWatch::Alarm', {
      AlarmName: 'SessionPurge-DeadLetters',
      MetricName: 'NumberOfMessagesSent',
      Statistic: 'Sum',
    });
  });

  it('lists the last runs by fields that a report has', () => {
    const fields: Partial<Record<keyof PurgeReport, true>> = {
      stopReason: true,
      reason: true,
      rowsDeleted: true,
      batches: true,
      durationMs: true,
      slowestBatchMs: true,
      retries: true,
      dryRun: true,
    };
    const { query = '' } = titled(/^The last runs/).properties;

    expect(new Set([...query.matchAll(/report\.(\w+)/g)].map(([, field]) => field))).toEqual(
      new Set(Object.keys(fields)),
    );
    expect(query).toMatch(/^SOURCE '<SessionPurgeLogGroup\w+>' \|/);
  });

  it('lists failures, those of killed runs too', () => {
    const { query = '' } = titled(/^Failures/).properties;

    expect(query).toContain('filter level = "ERROR" or @message like /Task timed out');
  });

  it('can be left out', () => {
    Template.fromStack(stackWith({ dashboard: false })).resourceCountIs(
      'AWS::CloudWatch::Dashboard',
      0,
    );
  });
});
