package io.firstresponse.benchmarks.setup;

import io.firstresponse.job.tables.ResultDatabase;
import io.firstresponse.job.tables.TableCheck;
import java.sql.SQLException;
import org.apache.flink.configuration.Configuration;

/** The job's own tables, with their keys and checks, for peers to write to. */
public final class JobTables {

  private JobTables() {}

  /** Creates the tables in a new schema and returns the options of a job that writes to them. */
  public static Configuration create(Postgres postgres, Traffic traffic, String schema)
      throws SQLException {
    postgres.freshSchema(schema);
    Configuration options = traffic.intoSchema(postgres, schema);
    new TableCheck(new ResultDatabase(options), options).run();
    return options;
  }
}
