package io.firstresponse.connectors.postgres;

import java.io.IOException;

/**
 * Another attempt of the same job writes in this one's place: nothing was written. Flink knows this
 * attempt as ended already; if it does not, the next one takes the place back.
 */
public final class TakenOverException extends IOException {

  private static final long serialVersionUID = 1;

  TakenOverException(String message) {
    super(message);
  }
}
