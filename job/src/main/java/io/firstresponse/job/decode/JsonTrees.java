package io.firstresponse.job.decode;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.util.JsonRecyclerPools;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectReader;
import com.fasterxml.jackson.databind.exc.MismatchedInputException;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;

/** Reads records as trees for programs. A key that occurs twice in an object is an error. */
final class JsonTrees {

  private static final ObjectReader READER =
      JsonMapper.builder(
              JsonFactory.builder()
                  .recyclerPool(JsonRecyclerPools.threadLocalPool())
                  .streamReadConstraints(
                      StreamReadConstraints.builder()
                          .maxNestingDepth(JsonDecoder.MAX_DEPTH)
                          .maxStringLength(Integer.MAX_VALUE)
                          .build())
                  .build())
          .enable(DeserializationFeature.FAIL_ON_READING_DUP_TREE_KEY)
          .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
          .build()
          .reader();

  private JsonTrees() {}

  /** The one JSON value of a record. */
  static JsonNode read(byte[] bytes, int from, int to) throws Unusable {
    return JsonDecoder.guard(() -> tree(bytes, from, to));
  }

  private static JsonNode tree(byte[] bytes, int from, int to) throws IOException, Unusable {
    try {
      JsonNode tree = READER.readTree(bytes, from, to - from);
      if (tree.isMissingNode()) {
        throw JsonDecoder.badJson("the record holds no JSON value");
      }
      return tree;
    } catch (MismatchedInputException e) {
      // The message ends in the name of a setting of the library.
      throw JsonDecoder.badJson(e.getOriginalMessage().replaceAll("[:(] *not allowed.*", ""));
    }
  }
}
