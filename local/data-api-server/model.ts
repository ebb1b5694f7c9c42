import type { Field } from './fields';

/** A shape of the service model, as much of it as a request is checked against. */
export type Shape =
  | { readonly type: 'string'; readonly min?: number; readonly max?: number }
  | { readonly type: 'enum'; readonly values: readonly string[] }
  | { readonly type: 'boolean' | 'long' | 'double' | 'blob' }
  | { readonly type: 'list'; readonly member: Shape }
  | Structure
  | { readonly type: 'union'; readonly members: Readonly<Record<string, Shape>> };

/** A structure of the service model. */
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
    // Refused whatever it holds, so what it holds is not looked at.
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

/** The shapes of the requests, by operation (`@aws-sdk/client-rds-data`, API of 2018-08-01). */
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

/** How numbers come back. */
export interface ResultSetOptions {
  readonly decimalReturnType?: 'STRING' | 'DOUBLE_OR_LONG';
  readonly longReturnType?: 'STRING' | 'LONG';
}

/** The members of all requests; which of them a request may have, its shape says. */
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
