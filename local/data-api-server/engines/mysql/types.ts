import { Types } from 'mysql2';
import { ServiceError } from '../../errors';

/** A column of a result, as the protocol describes it. */
export interface Column {
  /** The name that the statement gives it. */
  readonly name: string;
  /** Its name in its table; empty for an expression. */
  readonly orgName: string;
  readonly orgTable: string;
  readonly columnType: number;
  /** In bytes. */
  readonly columnLength: number;
  readonly flags: number;
  readonly characterSet: number;
  readonly decimals: number;
  /** `json` for JSON, which MariaDB stores as a long text. */
  readonly extendedFormat?: string;
}

/** How the service returns the values of a column, and how it describes the column. */
export interface ResultType {
  readonly name: string;
  readonly kind: 'boolean' | 'long' | 'double' | 'decimal' | 'time' | 'blob' | 'string';
  /** A number of `java.sql.Types`, because the service's column types are those of MySQL's JDBC driver. */
  readonly jdbcType: number;
  readonly precision: number;
}

/** Bits of `Column.flags`. */
export const FLAG = { notNull: 1, unsigned: 32, enum: 256, autoIncrement: 512, set: 2048 };

/** The character set number of binary values. */
const BINARY = 63;
/** Bytes for a character in utf8mb4, the character set of the connections. */
const CHARACTER = 4;

const type = (
  name: string,
  kind: ResultType['kind'],
  jdbcType: number,
  precision: number,
): ResultType => ({ name, kind, jdbcType, precision });

const NUMBERS: ReadonlyMap<number, ResultType> = new Map([
  [Types.TINY, type('TINYINT', 'long', -6, 3)],
  [Types.SHORT, type('SMALLINT', 'long', 5, 5)],
  [Types.INT24, type('MEDIUMINT', 'long', 4, 7)],
  [Types.LONG, type('INT', 'long', 4, 10)],
  [Types.LONGLONG, type('BIGINT', 'long', -5, 19)],
  [Types.FLOAT, type('FLOAT', 'double', 7, 12)],
  [Types.DOUBLE, type('DOUBLE', 'double', 8, 22)],
]);

/**
 * The type of a column.
 *
 * `TINYINT(1)` is a boolean and `YEAR` a string, as data-api-client's tests on Aurora MySQL show. One bit is a boolean
 * as in the JDBC driver; that is not confirmed for the service.
 *
 * @throws {ServiceError} `UnsupportedResultException` for a type that the service does not return
 */
export function resultTypeOf(column: Column): ResultType {
  const { columnType, columnLength, flags, decimals } = column;
  const isUnsigned = (flags & FLAG.unsigned) !== 0;
  if (columnType === Types.TINY && columnLength === 1 && !isUnsigned)
    return type('BIT', 'boolean', -7, 1);
  const number = NUMBERS.get(columnType);
  if (number !== undefined) return isUnsigned ? unsigned(number) : number;
  switch (columnType) {
    case Types.NEWDECIMAL: {
      const precision = columnLength - (isUnsigned ? 0 : 1) - (decimals > 0 ? 1 : 0);
      const decimal = type('DECIMAL', 'decimal', 3, precision);
      return isUnsigned ? unsigned(decimal) : decimal;
    }
    case Types.BIT:
      return columnLength === 1
        ? type('BIT', 'boolean', -7, 1)
        : type('BIT', 'blob', -3, columnLength);
    case Types.DATE:
      return type('DATE', 'string', 91, columnLength);
    case Types.TIME:
      return type('TIME', 'time', 92, columnLength);
    case Types.DATETIME:
      return type('DATETIME', 'time', 93, columnLength);
    case Types.TIMESTAMP:
      return type('TIMESTAMP', 'time', 93, columnLength);
    case Types.YEAR:
      return type('YEAR', 'string', 91, 4);
    case Types.NULL:
      return type('NULL', 'string', 0, 0);
    default:
      return textOrBytes(column);
  }
}

const unsigned = (signed: ResultType): ResultType => ({
  ...signed,
  name: `${signed.name} UNSIGNED`,
});

function textOrBytes(column: Column): ResultType {
  const { columnType, columnLength, flags, characterSet, extendedFormat } = column;
  if (columnType === Types.JSON || extendedFormat === 'json')
    return type('JSON', 'string', -1, columnLength);
  const length = Math.floor(columnLength / (characterSet === BINARY ? 1 : CHARACTER));
  if ((flags & FLAG.enum) !== 0) return type('ENUM', 'string', 1, length);
  if ((flags & FLAG.set) !== 0) return type('SET', 'string', 1, length);
  const isBytes = characterSet === BINARY;
  switch (columnType) {
    case Types.VAR_STRING:
      return isBytes
        ? type('VARBINARY', 'blob', -3, length)
        : type('VARCHAR', 'string', 12, length);
    case Types.STRING:
      return isBytes ? type('BINARY', 'blob', -2, length) : type('CHAR', 'string', 1, length);
    case Types.TINY_BLOB:
    case Types.MEDIUM_BLOB:
    case Types.LONG_BLOB:
    case Types.BLOB:
      return isBytes
        ? type(`${sizeName(columnLength)}BLOB`, 'blob', -4, length)
        : type(`${sizeName(columnLength / CHARACTER)}TEXT`, 'string', -1, length);
    default:
      throw new ServiceError('UnsupportedResultException', {
        message: `The result contains the unsupported data type ${nameOf(columnType)}.`,
      });
  }
}

const nameOf = (columnType: number): string =>
  Object.entries(Types).find(([, number]) => Number(number) === columnType)?.[0] ?? 'UNKNOWN';

/** The size in the name of a BLOB or a TEXT. All four sizes have one type in the protocol. */
function sizeName(bytes: number): string {
  if (bytes < 2 ** 8) return 'TINY';
  if (bytes < 2 ** 16) return '';
  // The length of a LONGTEXT is 2^32 - 1, whatever the size of its characters.
  return bytes < 2 ** 24 ? 'MEDIUM' : 'LONG';
}
