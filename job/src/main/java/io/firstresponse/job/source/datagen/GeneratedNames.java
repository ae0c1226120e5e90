package io.firstresponse.job.source.datagen;

/**
 * Display names for generated agents and customers: a given name and an initial, so that they name
 * nobody in particular. The same id always has the same name. Names are ASCII letters, spaces and
 * full stops.
 */
final class GeneratedNames {

  /** The name of the agent that is a bot. */
  static final String BOT = "Help bot";

  private static final String[] GIVEN = {
    "Mara", "Jonas", "Aiko", "Tomas", "Leila", "Oskar", "Priya", "Mateo", "Ines", "Kofi", "Nora",
    "Emil", "Yara", "Pavel", "Sofia", "Idris", "Hanna", "Luca", "Mina", "Anton", "Zola", "Felix",
    "Amira", "Bruno", "Elin", "Rafael", "Suki", "Viktor", "Talia", "Omar", "Greta", "Niko", "Lin",
    "Samir", "Clara", "Diego", "Freya", "Arjun", "Marta", "Elias", "Noor", "Hugo", "Wanda", "Kenji",
    "Livia", "Tariq", "Paula", "Milo", "Rosa", "Denis", "Asha", "Jakub", "Carmen", "Ivo"
  };

  private static final int LETTERS = 26;

  private GeneratedNames() {}

  /** The name of an agent. The first 1,404 agents have different names. */
  static String agent(long agent) {
    int given = (int) (agent % GIVEN.length);
    return name(given, agent / GIVEN.length + 7L * given);
  }

  /** The name of a customer. Many customers share one. */
  static String customer(long customer) {
    long random = Workload.mix(customer);
    return name((int) Workload.below(GIVEN.length, random), random);
  }

  private static String name(int given, long letter) {
    return GIVEN[given] + " " + (char) ('A' + Math.floorMod(letter, LETTERS)) + ".";
  }
}
