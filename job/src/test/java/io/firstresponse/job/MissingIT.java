package io.firstresponse.job;

import static org.assertj.core.api.Assertions.assertThat;

import io.firstresponse.job.domain.ResponseMode;
import io.firstresponse.job.testing.TestDatabase;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What the figures lack, in words: dead letters as text, and all of it in one row. */
class MissingIT {

  @ParameterizedTest
  @EnumSource
  void whatIsMissingIsNamed(ResponseMode mode) throws Exception {
    try (TestDatabase database = TestDatabase.create(mode)) {
      SqlFiles.install(mode).forEach(database::execute);
      String missing =
          "select dead_letters, refused_rows, unreadable, late_messages, missing from data_completeness";
      assertThat(database.strings(missing)).containsExactly("0 0 0 0 nothing");
      database.execute(
          """
          insert into tbl_dead_letter (origin, position, reason, detail, raw, raw_length, arrived_at) values
            ('f', 0, 'bad-json', 'x', convert_to('{"a": "né', 'UTF8'), 10, '2026-03-01 10:10Z'),
            ('f', 1, 'bad-json', 'w', '\\xff00c3', 3, '2026-03-01 10:50Z'),
            ('g', 2, 'bad-timestamp', 'y', convert_to(repeat('客', 600), 'UTF8'), 1800, '2026-03-01 11:00Z'),
            ('i', 0, 'id-collision', 'v', 'a', 1, '2026-03-01 11:00Z'),
            ('l', 0, 'label-collision', 'v', 'b', 1, '2026-03-01 11:00Z'),
            ('tbl_result', 0, 'refused', 'z', '{}', 2, '2026-03-01 11:00Z'),
            ('u', 0, 'unreadable', 'z', '', 0, '2026-03-02 01:00Z')
          """,
          "insert into tbl_late (b, a, ts, direct, automated, watermark) values (1, 1, now(), true, false, now())",
          "update report_settings set time_zone = 'America/New_York'");
      assertThat(database.strings("select beginning from dead_letters order by origin, position"))
          // 333 characters of three bytes are the first 1,000 bytes but one.
          .containsExactly("{\"a\": \"né", "\\377\\000\\303", "客".repeat(333), "a", "b", "{}", "");
      assertThat(
              database.strings(
                  "select day, reason, letters, settled, example from dead_letters_by_hour order by starts_at, reason"))
          .containsExactly(
              "2026-03-01 bad-json 2 0 w",
              "2026-03-01 bad-timestamp 1 0 y",
              "2026-03-01 id-collision 1 0 v",
              "2026-03-01 label-collision 1 0 v",
              "2026-03-01 refused 1 0 z",
              "2026-03-01 unreadable 1 0 z");
      assertThat(database.strings(missing))
          .containsExactly(
              "3 1 1 1 not JSON: 2, a file or folder that cannot be read: 1, a row that the database refused: 1,"
                  + " a time that cannot be read: 1, late messages: 1");
      assertThat(
              database.strings(
                  "select reason from dead_letters where meaning = reason group by reason"))
          .as("reasons without words")
          .isEmpty();

      database.execute("update tbl_dead_letter set settled_at = now()", "delete from tbl_late");
      assertThat(database.strings(missing)).containsExactly("0 0 0 0 nothing");
    }
  }
}
