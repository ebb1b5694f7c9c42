import { Stack, Token } from 'aws-cdk-lib';
import type { ITopic } from 'aws-cdk-lib/aws-sns';
import type { Construct } from 'constructs';
import { otherPlace } from '../contract/arn';
import { mistakeIn, textRule, within } from '../contract/rule';
import { ALARMS, optionOf } from './alarm-kinds';
import {
  durationMistake,
  flagMistake,
  kindMistake,
  known,
  named,
  purgeMistake,
  slips,
} from './prop-mistakes';
import type { SessionPurgeAlarmsProps } from './session-purge-alarm-props';

const FLAGS = ALARMS.map(optionOf);

const OTHER_NAMES = ['purge', 'drain', 'topic', 'noSuccessWindow', 'maxBacklogAge', 'namePrefix'];

/** At most ten years, like the grace period. */
const BACKLOG_AGE = within({ min: 0, max: 3650 * 86_400, whole: true }, 'seconds');

/** CloudWatch takes 255 characters for the name of an alarm, of which the longest end has 12. */
const NAME_PREFIX = textRule((name) => /^.{1,243}$/su.test(name), 'must be 1 to 243 characters');

/** CloudWatch sends to topics of the alarm's own region only. */
function topicMistake(scope: Construct, topic: unknown): string | undefined {
  const mistake = kindMistake(topic, 'an ITopic', 'topicArn');
  if (mistake !== undefined || topic === undefined) return mistake;
  const { region } = known((topic as ITopic).env);
  return otherPlace({ region, account: undefined }, known(Stack.of(scope)), "this stack's");
}

/** What is wrong with the props of the alarms that the construct makes. */
export function alarmMistakes(scope: Construct, props: SessionPurgeAlarmsProps): string[] {
  const { purge, drain, topic, noSuccessWindow, maxBacklogAge, namePrefix } = props;
  const isNameKnown = namePrefix !== undefined && !Token.isUnresolved(namePrefix);
  const mistakes = named({
    purge: purgeMistake(scope, purge),
    drain: kindMistake(drain, 'a SessionPurgeDrain', 'metricFailed'),
    topic: topicMistake(scope, topic),
    noSuccessWindow: durationMistake(noSuccessWindow),
    maxBacklogAge: durationMistake(maxBacklogAge, BACKLOG_AGE),
    namePrefix: isNameKnown ? mistakeIn(namePrefix, NAME_PREFIX) : undefined,
    ...Object.fromEntries(FLAGS.map((name) => [name, flagMistake(props[name])])),
  });
  return [...mistakes, ...slips(props, [...FLAGS, ...OTHER_NAMES])];
}
