import type { Duration } from 'aws-cdk-lib';
import type { Schedule } from 'aws-cdk-lib/aws-events';
import type { DurationUnit } from '../contract/setting-kinds';
import type { CONTEXT_SETTINGS, DEPLOYMENT_SETTINGS } from './deployment-settings';

type Deployment = typeof DEPLOYMENT_SETTINGS;

type Table = typeof CONTEXT_SETTINGS;

type PropName<Name extends keyof Table> = Table[Name] extends { prop: infer Prop extends string }
  ? Prop
  : Name;

type PropValue<Setting> = Setting extends { unit: DurationUnit }
  ? Duration
  : Setting extends { kind: 'choice'; choices: readonly (infer Value)[] }
    ? Value
    : Setting extends { kind: 'number' }
      ? number
      : Setting extends { kind: 'tables' }
        ? string[]
        : string;

type PropsOf<Name extends keyof Table> = {
  readonly [Each in Name as PropName<Each>]: PropValue<Table[Each]>;
};

/** Settings whose props have another form than all others. */
type Special = 'schedule' | 'alarms' | 'maxBacklogDays';

type RequiredName = {
  [Name in keyof Table]: Table[Name] extends { fallback: undefined } ? Name : never;
}[keyof Table];

/** The props of all settings, as the documented interface of the stack has to have them. */
export type SettingProps = PropsOf<RequiredName> &
  Partial<PropsOf<Exclude<keyof Table, RequiredName | Special>>> & {
    readonly schedule?: Schedule;
    readonly alarms?: { readonly maxBacklogAge: Duration } | false;
  };

/** The names of the construct's props that only the deployment has. */
export type DeploymentProp = {
  [Name in keyof Deployment]: Deployment[Name] extends { isOfStack: true } ? never : PropName<Name>;
}[keyof Deployment];
