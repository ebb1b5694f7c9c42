import { Duration } from 'aws-cdk-lib';
import type { Metric, MetricOptions } from 'aws-cdk-lib/aws-cloudwatch';
import { METRIC_DIMENSION, METRIC_NAMESPACE, METRICS } from '../../contract/metrics';
import type { SessionPurge } from '../../lib';
import { emptyStack, purge } from './synthesized';

type Method = (options?: MetricOptions) => Metric;

/** `metricRowsDeleted()` for `rowsDeleted`, and so on. */
function methodFor(construct: SessionPurge, metric: string): Method {
  const name = `metric${metric[0]?.toUpperCase()}${metric.slice(1)}` as keyof SessionPurge;
  return (options) => (construct[name] as Method).call(construct, options);
}

const LONGEST = ['Duration', 'SlowestBatch', 'BacklogAge', 'WakeTime'];

describe.each(Object.entries(METRICS))('the metric %s', (metric, metricName) => {
  it('has a method, with the statistic that fits it', () => {
    const made = methodFor(purge(emptyStack(), { purgeName: 'shop' }), metric)();

    expect(made).toMatchObject({
      namespace: METRIC_NAMESPACE,
      metricName,
      dimensions: { [METRIC_DIMENSION]: 'shop' },
      statistic: LONGEST.includes(metricName) ? 'Maximum' : 'Sum',
    });
    expect(Object.keys(made.dimensions ?? {})).toEqual([METRIC_DIMENSION]);
  });
});

describe('the metrics', () => {
  it('go by the function where the purge has no name, as the function itself does', () => {
    const construct = purge(emptyStack());

    expect(construct.metricRowsDeleted().dimensions).toEqual({
      [METRIC_DIMENSION]: construct.function.functionName,
    });
  });

  it('can be asked for with another statistic, period and label', () => {
    const given = { statistic: 'p90', period: Duration.hours(6), label: 'rows' };

    expect(purge(emptyStack()).metricRowsDeleted(given)).toMatchObject(given);
  });
});

it('that there is not is answered with the nearest', () => {
  const wrong = () => purge(emptyStack()).metric('RowsDeleted' as 'rowsDeleted');

  expect(wrong).toThrow(
    new Error('Shop/Purge: unknown metric "RowsDeleted"; did you mean "rowsDeleted"?'),
  );
});
