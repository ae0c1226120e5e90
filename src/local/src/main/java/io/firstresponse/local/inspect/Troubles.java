package io.firstresponse.local.inspect;

import io.firstresponse.job.decode.MessageOptions;
import io.firstresponse.job.domain.DeadLetter;
import io.firstresponse.job.domain.DeadLetter.Reason;
import io.firstresponse.job.mapping.MappingOptions;
import io.firstresponse.job.options.EventTimeOptions;
import io.firstresponse.job.source.files.FileOptions;
import io.firstresponse.job.source.kafka.KafkaOptions;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/** The dead letters by reason, with the first one of each, and what would mend them. */
final class Troubles {

  /** Dead letters of one reason. */
  static final class Trouble {

    private final DeadLetter first;
    private long count;

    private Trouble(DeadLetter first) {
      this.first = first;
    }

    Reason reason() {
      return first.reason();
    }

    /** The first one. */
    DeadLetter first() {
      return first;
    }

    long count() {
      return count;
    }

    /** What would mend it. */
    String remedy() {
      return switch (reason()) {
        case EMPTY -> "nothing has to be done: no message is in it";
        case TOO_LONG -> "if these are messages, raise " + MessageOptions.MAX_BYTES.key();
        case BAD_ENCODING -> "write the input in UTF-8, for example with iconv";
        case BAD_JSON ->
            "write one complete JSON value a line; values over several lines need "
                + FileOptions.FORMAT.key()
                + " json";
        case BAD_CSV ->
            "look at the header and the quotes; another delimiter is set by "
                + FileOptions.CSV_DELIMITER.key();
        case MISSING_FIELD ->
            "name other fields by messages.field.*; another shape needs " + MappingOptions.JQ.key();
        case BAD_FIELD ->
            "ids that are texts need %s text; what is no boolean can be made one by a program: %s"
                .formatted(MessageOptions.IDS.key(), MappingOptions.JQ.key());
        case BAD_TIMESTAMP ->
            "set %s, or make the time with %s"
                .formatted(MessageOptions.EPOCH_UNIT.key(), MappingOptions.JQ.key());
        case FUTURE ->
            "set the sender's clock right, or %s and %s; %s allows more"
                .formatted(
                    MessageOptions.EPOCH_UNIT.key(),
                    MessageOptions.TIME_ZONE.key(),
                    EventTimeOptions.MAX_FUTURE_SKEW.key());
        case BAD_COMPRESSION -> "get the file again; what comes before the damage is read";
        case UNKNOWN_FORMAT ->
            "name files .json, .jsonl, .ndjson or .csv, or set " + FileOptions.FORMAT.key();
        case BAD_CHANGE_EVENT ->
            "if records are not Debezium's, set " + KafkaOptions.FORMAT.key() + " json";
        case CHANGED -> "nothing has to be done: the message was sent and counts";
        case MAPPING -> "change the program; the jq command shows its outputs";
        case UNREADABLE ->
            "let this user read it, move it away, or set "
                + FileOptions.ON_UNREADABLE.key()
                + " dead-letter";
      };
    }
  }

  private final Map<Reason, Trouble> troubles = new EnumMap<>(Reason.class);

  void take(DeadLetter letter) {
    troubles.computeIfAbsent(letter.reason(), reason -> new Trouble(letter)).count++;
  }

  /** The most frequent first. */
  List<Trouble> all() {
    return troubles.values().stream()
        .sorted(Comparator.comparingLong(Trouble::count).reversed())
        .toList();
  }
}
