/** How the service returns the values of a type, and how it describes a column of it. */
export interface ResultType {
  readonly name: string;
  readonly kind: 'boolean' | 'long' | 'double' | 'decimal' | 'instant' | 'time' | 'blob' | 'string';
  /** A number of `java.sql.Types`, because the service's column types are those of PostgreSQL's JDBC driver. */
  readonly jdbcType: number;
  readonly precision: number;
  readonly scale: number;
}

const UNLIMITED = 2_147_483_647;
const OTHER = 1111;

const type = (
  name: string,
  kind: ResultType['kind'],
  jdbcType: number,
  precision = UNLIMITED,
  scale = 0,
): ResultType => ({ name, kind, jdbcType, precision, scale });

/**
 * The types of results that the service's documentation names as supported, by OID.
 *
 * Two more were seen to work: `timestamptz`, which the service's own page leaves out, and `oid`, as a string
 * (localstack#13050).
 */
export const RESULT_TYPES: ReadonlyMap<number, ResultType> = new Map([
  [16, type('bool', 'boolean', -7, 1)],
  [17, type('bytea', 'blob', -2)],
  [19, type('name', 'string', 12)],
  [20, type('int8', 'long', -5, 19)],
  [21, type('int2', 'long', 5, 5)],
  [23, type('int4', 'long', 4, 10)],
  [25, type('text', 'string', 12)],
  [26, type('oid', 'string', -5, 10)],
  [114, type('json', 'string', OTHER)],
  [650, type('cidr', 'string', OTHER)],
  [700, type('float4', 'double', 7, 8, 8)],
  [701, type('float8', 'double', 8, 17, 17)],
  [869, type('inet', 'string', OTHER)],
  [1042, type('bpchar', 'string', 1)],
  [1043, type('varchar', 'string', 12)],
  [1082, type('date', 'string', 91, 13)],
  [1083, type('time', 'time', 92, 15, 6)],
  [1114, type('timestamp', 'time', 93, 29, 6)],
  [1184, type('timestamptz', 'instant', 93, 35, 6)],
  [1700, type('numeric', 'decimal', 2, 0)],
  [2950, type('uuid', 'string', OTHER)],
  [3802, type('jsonb', 'string', OTHER)],
]);

/** The OID of an array's elements, by the OID of the array. */
export const ELEMENT_TYPES: ReadonlyMap<number, number> = new Map([
  [199, 114],
  [1000, 16],
  [1003, 19],
  [1005, 21],
  [1007, 23],
  [1009, 25],
  [1014, 1042],
  [1015, 1043],
  [1016, 20],
  [1021, 700],
  [1022, 701],
  [1115, 1114],
  [1182, 1082],
  [1183, 1083],
  [1185, 1184],
  [1231, 1700],
  [2951, 2950],
]);

/** The type of an enum, whose values are strings. */
export const enumType = (name: string): ResultType => type(name, 'string', 12);

/** The service's name of a type that it does not support: `typname`, or JDBC's spelling in capitals. */
export function unsupportedTypeName(typname: string): string {
  const spelling: Readonly<Record<string, string>> = {
    char: '"CHAR"',
    interval: 'INTERVAL',
    timetz: 'TIMETZ',
  };
  return spelling[typname] ?? typname;
}
