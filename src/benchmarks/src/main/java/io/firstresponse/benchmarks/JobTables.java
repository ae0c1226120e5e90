package io.firstresponse.benchmarks;

import io.firstresponse.job.tables.ResultDatabase;
import io.firstresponse.job.tables.TableCheck;
import java.sql.SQLException;
import org.apache.flink.configuration.Configuration;

/** The job's own tables, with their keys and checks, for others to write to. */
final class JobTables {

  private JobTables() {}

  /** Makes them in a schema that is new. Returns the options of a job that writes there. */
  static Configuration create(Postgres postgres, Traffic traffic, String schema)
      throws SQLException {
    postgres.freshSchema(schema);
    Configuration options = traffic.intoSchema(postgres, schema);
    new TableCheck(new ResultDatabase(options), options).run();
    return options;
  }
}
