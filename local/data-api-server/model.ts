import type { Field } from './fields';

/** A shape of the service's model, with the parts that requests are checked by. */
export type Shape =
  | { readonly type: 'string'; readonly min?: number; readonly max?: number }
  | { readonly type: 'enum'; readonly values: readonly string[] }
  | { readonly type: 'boolean' | 'long' | 'double' | 'blob' }
  | { readonly type: 'list'; readonly member: Shape }
  | Structure
  | { readonly type: 'union'; readonly members: Readonly<Record<string, Shape>> };

/** A structure of the service's model. */
export interface Structure {
  readonly type: 'structure';
  readonly members: Readonly<Record<string, Shape>>;
  readonly required: readonly string[];
}

const string: Shape = { type: 'string' };
const boolean: Shape = { type: 'boolean' };
const list = (member: Shape): Shape => ({ type: 'list', member });
const oneOf = (...values: string[]): Shape => ({ type: 'enum', values });

const arn: Shape = { type: 'string', min: 11, max: 570 };
const databaseName: Shape = { type: 'string', max: 64 };
const sql: Shape = { type: 'string', max: 65_536 };
const transactionId: Shape = { type: 'string', max: 192 };

const field: Shape = {
  type: 'union',
  members: {
    isNull: boolean,
    booleanValue: boolean,
    longValue: { type: 'long' },
    doubleValue: { type: 'double' },
    stringValue: string,
    blobValue: { type: 'blob' },
    // Always refused, so its members do not matter.
    arrayValue: { type: 'structure', members: {}, required: [] },
  },
};

const parameters = list({
  type: 'structure',
  members: {
    name: string,
    value: field,
    typeHint: oneOf('JSON', 'UUID', 'TIMESTAMP', 'DATE', 'TIME', 'DECIMAL'),
  },
  required: [],
});

const resultSetOptions: Shape = {
  type: 'structure',
  members: {
    decimalReturnType: oneOf('STRING', 'DOUBLE_OR_LONG'),
    longReturnType: oneOf('STRING', 'LONG'),
  },
  required: [],
};

const target = { resourceArn: arn, secretArn: arn };
const scope = { ...target, database: databaseName, schema: databaseName };
const request = (members: Record<string, Shape>, ...required: string[]): Structure => ({
  type: 'structure',
  members,
  required: ['resourceArn', 'secretArn', ...required],
});

/** The shape of each operation's request (`@aws-sdk/client-rds-data`, API of 2018-08-01). */
export const REQUESTS = {
  ExecuteStatement: request(
    {
      ...scope,
      sql,
      parameters,
      transactionId,
      includeResultMetadata: boolean,
      continueAfterTimeout: boolean,
      resultSetOptions,
      formatRecordsAs: oneOf('NONE', 'JSON'),
    },
    'sql',
  ),
  BatchExecuteStatement: request(
    { ...scope, sql, parameterSets: list(parameters), transactionId },
    'sql',
  ),
  BeginTransaction: request(scope),
  CommitTransaction: request({ ...target, transactionId }, 'transactionId'),
  RollbackTransaction: request({ ...target, transactionId }, 'transactionId'),
} as const;

/** A parameter of a statement. */
export interface SqlParameter {
  readonly name?: string;
  readonly value?: Field;
  readonly typeHint?: 'JSON' | 'UUID' | 'TIMESTAMP' | 'DATE' | 'TIME' | 'DECIMAL';
}

/** How numbers are returned. */
export interface ResultSetOptions {
  readonly decimalReturnType?: 'STRING' | 'DOUBLE_OR_LONG';
  readonly longReturnType?: 'STRING' | 'LONG';
}

/** The members of all requests. The shape of a request says which of them it may have. */
export interface Input {
  readonly resourceArn: string;
  readonly secretArn: string;
  readonly database?: string;
  readonly schema?: string;
  readonly sql: string;
  readonly parameters?: readonly SqlParameter[];
  readonly parameterSets?: readonly (readonly SqlParameter[])[];
  readonly transactionId?: string;
  readonly includeResultMetadata?: boolean;
  readonly continueAfterTimeout?: boolean;
  readonly resultSetOptions?: ResultSetOptions;
  readonly formatRecordsAs?: 'NONE' | 'JSON';
}
