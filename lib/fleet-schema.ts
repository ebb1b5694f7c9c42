import { textRule } from '../contract/rule';
import type { SettingTable } from '../contract/setting-kinds';
import { CONTEXT_SETTINGS } from './deployment-settings';

/** The overview can show no more: CloudWatch takes 2500 metrics a dashboard, and a purge has five there. */
export const MOST_PURGES = 500;

const { name: _, alarmEmail, alarmTopicArn, ...ofPurge } = CONTEXT_SETTINGS;

/** What the file may say about a purge apart from its name, in the purge itself or in the defaults. */
export const SHARED_SETTINGS: SettingTable = ofPurge;

/** The part of the day in which purges without a schedule start. */
export const SPREAD_SETTINGS = {
  fromHour: {
    kind: 'number',
    meaning: 'the hour, in UTC, from which on purges start; 1 unless set',
    fallback: 1,
    min: 0,
    max: 23,
    whole: true,
  },
  hours: {
    kind: 'number',
    meaning: 'for how many hours their starts are spread; 5 unless set',
    fallback: 5,
    min: 1,
    max: 24,
    whole: true,
  },
} as const satisfies SettingTable;

/** What holds for the whole fleet, apart from `spread` and `defaults`. */
export const FLEET_SETTINGS: SettingTable = {
  $schema: {
    kind: 'text',
    meaning: 'where an editor finds this schema',
    fallback: null,
    rule: textRule(() => true, 'must be text'),
  },
  alarmEmail,
  alarmTopicArn,
};

/** All keys of a fleet's file. */
export const FLEET_KEYS = [...Object.keys(FLEET_SETTINGS), 'spread', 'defaults', 'purges'] as const;
