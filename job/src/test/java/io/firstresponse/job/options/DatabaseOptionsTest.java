package io.firstresponse.job.options;

import static org.assertj.core.api.Assertions.assertThat;

import io.firstresponse.connectors.postgres.connection.PostgresConnections;
import java.io.IOException;
import java.sql.SQLException;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Which options a failure to connect is about. */
class DatabaseOptionsTest {

  private final DatabaseOptions options = new DatabaseOptions("db.url", "db.user", "db.file");

  @ParameterizedTest
  @CsvSource({
    "28P01, password authentication failed,             'db.user, db.file'",
    "28000, role \"x\" does not exist,                  db.user",
    "28000, no pg_hba.conf entry for host,              'db.url, db.user'",
    "08004, 'asked for a password, none was provided',  'db.user, db.file'",
    "08004, The server does not support SSL,            db.url",
    "08001, Connection refused,                         db.url",
    "3D000, database \"x\" does not exist,              db.url",
    ",      something else,                             db.url",
  })
  void theOptionsToLookAtComeFirst(String state, String said, String named) {
    assertThat(message(new SQLException(said + ".\n", state)))
        .isEqualTo(named + ": postgresql://localhost/support as user reader: " + said + ".");
  }

  @Test
  void aPasswordFileThatCannotBeReadIsNotTheUsersFault() {
    assertThat(message(new SQLException("it is missing", "28000", new IOException())))
        .startsWith("db.file: ");
  }

  private String message(SQLException failure) {
    return options
        .unreachable(
            PostgresConnections.to("jdbc:postgresql://localhost/support", "reader").build(),
            failure)
        .getMessage();
  }

  @ParameterizedTest
  @CsvSource({
    "42501, permission denied for schema x,       db.user",
    "42P07, relation \"x\" already exists,        db.schema",
    "57P01, terminating connection,               db.url",
    "08006, An I/O error occurred,                db.url",
  })
  void aRefusedStatementIsNotPutDownToTheUrl(String state, String said, String named) {
    assertThat(refused(state, said))
        .isEqualTo(named + ": postgresql://localhost/support as user reader: " + said + ".");
  }

  @Test
  void aServerThatTakesNoWritesSaysWhereToLook() {
    assertThat(refused("25006", "cannot execute INSERT in a read-only transaction"))
        .startsWith("db.url: ")
        .contains("It is a standby", "targetServerType=primary");
  }

  @Test
  void aPoolerThatLosesStatementsSaysWhatToSet() {
    String advice = "take prepareThreshold out of the URL, or set it to 0.";
    for (String said :
        List.of(
            refused("42P05", "prepared statement \"S_1\" already exists"),
            message(new SQLException("prepared statement \"S_1\" does not exist", "26000")))) {
      assertThat(said).startsWith("db.url: ").endsWith(advice);
    }
  }

  private String refused(String state, String said) {
    return options
        .refused(
            PostgresConnections.to("jdbc:postgresql://localhost/support", "reader").build(),
            new SQLException(said + ".\n", state),
            "db.schema")
        .getMessage();
  }
}
