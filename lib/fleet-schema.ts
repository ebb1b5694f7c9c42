import * as v from 'valibot';
import { purgeSchema, text } from './purge-schema';
import { RULES } from './rules';
import { shown } from './shown';

/** As many as the overview can show: CloudWatch takes 2500 metrics a dashboard, and a purge has five there. */
export const MOST_PURGES = 500;

const { name: _, alarmEmail, alarmTopicArn, ...ofPurge } = purgeSchema.entries;

/** What may be said of a purge, on its own or in the defaults: whether all is there is told with both together. */
const shared = {
  ...ofPurge,
  clusterArn: v.exactOptional(ofPurge.clusterArn),
  secretArn: v.exactOptional(ofPurge.secretArn),
  database: v.exactOptional(ofPurge.database),
};

/** The keys that describe a purge of a fleet but for its name; who is told of its alarms is set once for all. */
export const SHARED_KEYS = Object.keys(shared);

const object = (issue: v.BaseIssue<unknown>) => `must be an object, got ${shown(issue.input)}`;

const hour = (min: number, max: number, meaning: string) => {
  const demand = (issue: v.BaseIssue<unknown>) =>
    `must be a whole number from ${min} to ${max}, got ${shown(issue.input)}`;
  return v.exactOptional(
    v.pipe(
      v.number(demand),
      v.integer(demand),
      v.minValue(min, demand),
      v.maxValue(max, demand),
      v.description(meaning),
    ),
  );
};

const spread = v.pipe(
  v.object(
    {
      fromHour: hour(0, 23, 'The hour, in UTC, from which on purges start; 1 unless set'),
      hours: hour(1, 24, 'For how many hours their starts are spread; 5 unless set'),
    },
    object,
  ),
  v.description('The part of the day in which purges without a schedule of their own start'),
);

/** What holds for the whole fleet. */
export const envelopeSchema = v.object({
  $schema: v.exactOptional(v.pipe(v.string(), v.description('Where an editor finds this schema'))),
  alarmEmail,
  alarmTopicArn,
  spread: v.exactOptional(spread),
  defaults: v.exactOptional(
    v.pipe(
      v.object(shared, object),
      v.description('What holds for each purge that does not say otherwise'),
    ),
  ),
});

/** A fleet's file. Its list is read one by one, with the defaults; this is what an editor knows of it. */
export const fleetSchema = v.object({
  ...envelopeSchema.entries,
  purges: v.pipe(
    v.array(
      v.object({
        name: text(RULES.purgeName, 'Its name, unlike any other of the fleet'),
        ...shared,
      }),
    ),
    v.minLength(1),
    v.maxLength(MOST_PURGES),
    v.description('The purges, each with a stack of its own'),
  ),
});
