package io.firstresponse.connectors.postgres.connection;

import org.apache.flink.annotation.Internal;

/**
 * The SQLSTATE codes that this project looks at, under the names that PostgreSQL gives them. Names
 * that begin with {@code CLASS_} are classes: the first two characters of a code.
 */
@Internal
public final class SqlState {

  public static final String CLASS_CONNECTION_EXCEPTION = "08";
  public static final String CLASS_DATA_EXCEPTION = "22";
  public static final String CLASS_INTEGRITY_CONSTRAINT_VIOLATION = "23";
  public static final String CLASS_INVALID_AUTHORIZATION = "28";
  public static final String CLASS_INVALID_CATALOG_NAME = "3D";
  public static final String CLASS_INVALID_SCHEMA_NAME = "3F";
  public static final String CLASS_SYNTAX_ERROR_OR_ACCESS_RULE_VIOLATION = "42";
  public static final String CLASS_INSUFFICIENT_RESOURCES = "53";
  public static final String CLASS_OPERATOR_INTERVENTION = "57";

  /** A trigger or a function raises it. */
  public static final String CLASS_PLPGSQL_ERROR = "P0";

  public static final String UNABLE_TO_CONNECT = "08001";

  /** The driver raises it too, when it does not accept what the server asks for. */
  public static final String CONNECTION_REJECTED = "08004";

  public static final String CARDINALITY_VIOLATION = "21000";
  public static final String DATETIME_FIELD_OVERFLOW = "22008";
  public static final String CHARACTER_NOT_IN_REPERTOIRE = "22021";
  public static final String UNIQUE_VIOLATION = "23505";
  public static final String EXCLUSION_VIOLATION = "23P01";
  public static final String READ_ONLY_SQL_TRANSACTION = "25006";
  public static final String IDLE_IN_TRANSACTION_SESSION_TIMEOUT = "25P03";
  public static final String INVALID_SQL_STATEMENT_NAME = "26000";
  public static final String INVALID_AUTHORIZATION = "28000";
  public static final String INVALID_PASSWORD = "28P01";
  public static final String INVALID_CATALOG_NAME = "3D000";
  public static final String INVALID_SCHEMA_NAME = "3F000";
  public static final String SERIALIZATION_FAILURE = "40001";
  public static final String DEADLOCK_DETECTED = "40P01";
  public static final String INSUFFICIENT_PRIVILEGE = "42501";
  public static final String UNDEFINED_COLUMN = "42703";
  public static final String DATATYPE_MISMATCH = "42804";
  public static final String UNDEFINED_TABLE = "42P01";
  public static final String DUPLICATE_PREPARED_STATEMENT = "42P05";
  public static final String INVALID_COLUMN_REFERENCE = "42P10";
  public static final String PROGRAM_LIMIT_EXCEEDED = "54000";
  public static final String LOCK_NOT_AVAILABLE = "55P03";

  /** Also a statement timeout. */
  public static final String QUERY_CANCELED = "57014";

  private SqlState() {}

  /** The class of a code of five characters. */
  static String classOf(String state) {
    return state.substring(0, 2);
  }
}
