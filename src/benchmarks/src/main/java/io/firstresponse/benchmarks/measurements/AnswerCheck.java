package io.firstresponse.benchmarks.measurements;

import io.firstresponse.benchmarks.figures.Figure;
import io.firstresponse.benchmarks.peers.FoundAnswers;
import io.firstresponse.job.source.datagen.Workload;
import java.io.IOException;

/** The check of a contestant's answers. */
enum AnswerCheck {
  /** The answers must be those of a plain program, in all fields. */
  EXACT {
    @Override
    void keep(Bench bench, FoundAnswers.Difference difference) {
      bench.results().putAll(Figure.OPERATORS_AGREE, difference.isNone());
    }
  },
  /** Some answers are known to be wrong. Their number is reported. */
  COUNT_WRONG {
    @Override
    void keep(Bench bench, FoundAnswers.Difference difference) {
      bench.results().put(Figure.SQL_OVER_WRONG_ANSWERS, (double) difference.missing());
    }
  },
  /** The contestant gives no answers. */
  NONE {
    @Override
    void run(Bench bench, Workload workload) {}

    @Override
    void keep(Bench bench, FoundAnswers.Difference difference) {}
  };

  /** Checks the answers after the contestant has ended. */
  void run(Bench bench, Workload workload) throws IOException {
    FoundAnswers.Difference difference = FoundAnswers.difference(workload);
    keep(bench, difference);
    bench.say(
        difference.isNone()
            ? "%,d answers, as in a plain program"
            : "of %,d answers %,d are missing or WRONG, and %,d are extra",
        difference.expected(),
        difference.missing(),
        difference.extra());
  }

  abstract void keep(Bench bench, FoundAnswers.Difference difference);
}
