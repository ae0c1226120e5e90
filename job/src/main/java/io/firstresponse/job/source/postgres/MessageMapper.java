package io.firstresponse.job.source.postgres;

import io.firstresponse.connectors.postgres.RowMapper;
import io.firstresponse.job.decode.RowDecoder;
import io.firstresponse.job.domain.Message;
import io.firstresponse.job.domain.Received;
import java.sql.ResultSet;
import java.sql.SQLException;
import javax.annotation.Nullable;

/**
 * Maps a row to a message or a dead letter. A dead letter has no time, so it does not advance the
 * watermark.
 */
final class MessageMapper implements RowMapper<Received> {

  private static final long serialVersionUID = 1L;

  private final RowDecoder decoder;
  private final String origin;

  MessageMapper(RowDecoder decoder, String origin) {
    this.decoder = decoder;
    this.origin = origin;
  }

  @Override
  public Received map(ResultSet row, @Nullable Long time) throws SQLException {
    return decoder.decode(origin, row, time);
  }

  @Override
  public boolean isTimed(Received received) {
    return received instanceof Message;
  }
}
