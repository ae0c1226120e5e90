package io.firstresponse.connectors.postgres.connection;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.sql.SQLException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SqlFailureTest {

  @ParameterizedTest
  @CsvSource({
    "40001, RETRY",
    "40P01, RETRY",
    "55P03, RETRY",
    "57014, RETRY",
    "08001, RECONNECT",
    "08006, RECONNECT",
    "08P01, RECONNECT",
    "25006, RECONNECT",
    "25P03, RECONNECT",
    "53300, RECONNECT",
    "53100, RECONNECT",
    "57P01, RECONNECT",
    "57P03, RECONNECT",
    "22008, ROW",
    "22021, ROW",
    "23502, ROW",
    "23505, ROW",
    "23514, ROW",
    "54000, ROW",
    "21000, FATAL",
    "28P01, LOGIN",
    "28000, LOGIN",
    "3D000, PERMANENT",
    "42P01, PERMANENT",
    "42703, PERMANENT",
    "42501, PERMANENT",
    "3F000, PERMANENT",
    "26000, PERMANENT",
    "42P05, PERMANENT",
    "P0001, ROW",
    "XX000, FATAL",
  })
  void isJudgedByItsState(String state, SqlFailure expected) {
    assertThat(SqlFailure.of(new SQLException("x", state))).isEqualTo(expected);
  }

  @Test
  void withoutStateIsJudgedByItsCause() {
    assertThat(SqlFailure.of(new SQLException("x"))).isEqualTo(SqlFailure.FATAL);
    assertThat(SqlFailure.of(new SQLException("x", new IOException("reset"))))
        .isEqualTo(SqlFailure.RECONNECT);
  }

  @Test
  void whatTheServerSaidIsOneLine() {
    String said = "ERROR: relation \"x\" does not exist\n  Hint: Create it.\n  Position: 13";
    assertThat(SqlFailure.advice(new SQLException(said, "42P01")))
        .isEqualTo(
            "SQLSTATE 42P01: ERROR: relation \"x\" does not exist Hint: Create it. Create the"
                + " table, or correct its schema and name.");
  }
}
