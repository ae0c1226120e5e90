package io.firstresponse.job;

import static org.assertj.core.api.Assertions.assertThat;

import io.firstresponse.job.domain.ResponseMode;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** All that the numbered files of conf/sql make, run in their order. */
class SchemaIT {

  private static final Path SQL = Path.of("../conf/sql");

  @ParameterizedTest
  @EnumSource
  void everythingSaysWhatItIs(ResponseMode mode) throws Exception {
    try (TestDatabase database = TestDatabase.create(mode)) {
      // The messages of the test.
      database.execute("drop table tbl");
      for (Path file : files(mode)) {
        database.execute(Files.readString(file));
      }
      String ours = " c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'v', 'm')";
      assertThat(
              database.strings(
                  "select c.relname from pg_class c where"
                      + ours
                      + " and obj_description(c.oid, 'pg_class') is null"))
          .as("tables and views without a comment")
          .isEmpty();
      assertThat(
              database.strings(
                  "select c.relname || '.' || a.attname from pg_class c"
                      + " join pg_attribute a on a.attrelid = c.oid where"
                      + ours
                      // Of what somebody is meant to read or write.
                      + " and (has_table_privilege('first_response_reader', c.oid, 'select')"
                      + " or has_table_privilege('first_response_writer', c.oid, 'insert'))"
                      + " and a.attnum > 0 and not a.attisdropped"
                      + " and col_description(c.oid, a.attnum) is null"))
          .as("columns without a comment")
          .isEmpty();
      // Those of types are PostgreSQL's own.
      assertThat(
              database.strings(
                  "select proname from pg_proc p join pg_language l on l.oid = p.prolang"
                      + " where pronamespace = 'public'::regnamespace and lanname <> 'internal'"
                      + " and obj_description(p.oid, 'pg_proc') is null"))
          .as("functions without a comment")
          .isEmpty();
      assertThat(
              database.count(
                  "select count(*) from pg_class c where"
                      + ours
                      + " and has_table_privilege('first_response_reader', c.oid, 'select')"))
          .as("what a reader sees")
          .isGreaterThanOrEqualTo(23);
    }
  }

  /** But for the indexes, which are created outside of a transaction. */
  private static List<Path> files(ResponseMode mode) throws Exception {
    try (Stream<Path> files = Files.list(SQL)) {
      return files
          .filter(file -> file.getFileName().toString().matches("\\d\\d-.*\\.sql"))
          .filter(file -> !file.getFileName().toString().contains("indexes"))
          .filter(
              file ->
                  Arrays.stream(ResponseMode.values())
                      .noneMatch(
                          m -> m != mode && file.toString().endsWith("-" + m.code() + ".sql")))
          .sorted()
          .toList();
    }
  }
}
