/** The model's `ArrayValue`. The service returns only arrays of one dimension. */
export type ArrayValue =
  | { readonly booleanValues: readonly (boolean | null)[] }
  | { readonly longValues: readonly (number | bigint | null)[] }
  | { readonly doubleValues: readonly (number | null)[] }
  | { readonly stringValues: readonly (string | null)[] };

/** The model's `Field`, which is a value on the wire. A blob is in base64. */
export type Field =
  | { readonly isNull: true }
  | { readonly booleanValue: boolean }
  | { readonly longValue: number | bigint }
  | { readonly doubleValue: number }
  | { readonly stringValue: string }
  | { readonly blobValue: string }
  | { readonly arrayValue: ArrayValue };

/** The members of the model's `ColumnMetadata` that the service sets. */
export interface ColumnMetadata {
  readonly arrayBaseColumnType: number;
  readonly isAutoIncrement: boolean;
  readonly isCaseSensitive: boolean;
  readonly isCurrency: boolean;
  readonly isSigned: boolean;
  readonly label: string;
  readonly name: string;
  /** 0: not null, 1: nullable, 2: unknown. */
  readonly nullable: number;
  readonly precision: number;
  readonly scale: number;
  readonly schemaName: string;
  readonly tableName: string;
  /** A number of `java.sql.Types`. */
  readonly type: number;
  readonly typeName: string;
}

/** The value of a field in the JSON of `formatRecordsAs: JSON`. */
export function plainValue(field: Field): unknown {
  if ('isNull' in field) return null;
  const [value] = Object.values(field);
  return 'arrayValue' in field ? Object.values(field.arrayValue)[0] : value;
}

/**
 * Writes JSON that keeps what `JSON.stringify` loses: integers beyond 2^53, and the doubles that JSON has no numbers
 * for, which the protocol writes as strings.
 */
export function toJson(value: unknown): string {
  if (typeof value === 'bigint') return value.toString();
  if (typeof value === 'number' && !Number.isFinite(value)) return JSON.stringify(String(value));
  if (Array.isArray(value)) return `[${value.map(toJson).join()}]`;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  const members = Object.entries(value).filter(([, member]) => member !== undefined);
  return `{${members.map(([name, member]) => `${JSON.stringify(name)}:${toJson(member)}`).join()}}`;
}
