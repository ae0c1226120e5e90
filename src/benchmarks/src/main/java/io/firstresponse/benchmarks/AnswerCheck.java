package io.firstresponse.benchmarks;

import io.firstresponse.job.source.datagen.Workload;
import java.io.IOException;

/** What is expected of a contestant's answers. */
enum AnswerCheck {
  /** The answers are those of a plain program, to the last field. */
  EXACT {
    @Override
    void keep(Bench bench, FoundAnswers.Difference difference) {
      bench.results().putAll(Figure.OPERATORS_AGREE, difference.isNone());
    }
  },
  /** Some answers are wrong, as is known; they are counted. */
  COUNT_WRONG {
    @Override
    void keep(Bench bench, FoundAnswers.Difference difference) {
      bench.results().put(Figure.SQL_OVER_WRONG_ANSWERS, (double) difference.missing());
    }
  },
  /** There are no answers. */
  NONE {
    @Override
    void run(Bench bench, Workload workload) {}

    @Override
    void keep(Bench bench, FoundAnswers.Difference difference) {}
  };

  /** Compares the answers that were found, once the contestant has ended. */
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
