package io.firstresponse.cluster;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.apache.commons.cli.CommandLine;
import org.apache.flink.client.cli.CliArgsException;
import org.apache.flink.client.cli.CliFrontend;
import org.apache.flink.client.cli.CliFrontendParser;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.runtime.security.SecurityConfiguration;
import org.apache.flink.runtime.security.SecurityUtils;

/**
 * The commands of {@code scripts/cluster}: those that start and end a cluster on loopback, and
 * those of Flink's own client for it. Exit codes: 0 done, 1 refused or failed, 2 wrong arguments.
 */
public final class ClusterCommand {

  private static final int REFUSED = 1;
  private static final int NOT_UNDERSTOOD = 2;

  private final StandaloneCluster cluster;
  private final Path shippedConf;
  private final String jobJar;

  private ClusterCommand(StandaloneCluster cluster, Path shippedConf, String jobJar) {
    this.cluster = cluster;
    this.shippedConf = shippedConf;
    this.jobJar = jobJar;
  }

  public static void main(String[] args) throws Exception {
    try {
      FlinkHome flink = FlinkHome.at(Path.of(property("flink")));
      Path folder = Path.of(property("cluster"));
      System.exit(
          new ClusterCommand(
                  new StandaloneCluster(folder, flink),
                  Path.of(property("conf")),
                  property("job-jar"))
              .run(args));
    } catch (ClusterException e) {
      System.err.println(e.getMessage());
      System.exit(REFUSED);
    }
  }

  private static String property(String name) {
    return System.getProperty("first-response." + name);
  }

  private int run(String[] args) throws Exception {
    String verb = args.length == 0 ? "" : args[0];
    List<String> rest = List.of(args).subList(Math.min(1, args.length), args.length);
    return switch (verb) {
      case "up" -> up(rest);
      case "application" -> application(rest);
      case "status" -> status();
      case "down" -> down();
      case "run", "list", "info", "savepoint", "checkpoint", "stop", "cancel" -> client(verb, rest);
      default -> {
        System.err.printf(
            "%s: see scripts/cluster --help.%n",
            verb.isEmpty() ? "A verb is missing" : "There is no verb '" + verb + "'");
        yield NOT_UNDERSTOOD;
      }
    };
  }

  private int up(List<String> args) throws ClusterException, IOException, InterruptedException {
    List<String> own = new ArrayList<>(args);
    Size size = Size.takenFrom(own);
    if (!own.isEmpty()) {
      System.err.printf(
          "up takes a number of TaskManagers and -Dkey=value, not '%s'.%n", own.get(0));
      return NOT_UNDERSTOOD;
    }
    cluster.up(shippedConf, size.settings(), size.taskManagers(), System.out);
    return status();
  }

  private int application(List<String> args)
      throws ClusterException, IOException, InterruptedException {
    List<String> own = new ArrayList<>(args);
    Size size = Size.takenFrom(own);
    cluster.upForOne(
        shippedConf, size.settings(), Path.of(jobJar), own, size.taskManagers(), System.out);
    return status();
  }

  /** The number of TaskManagers, and the settings of the cluster. */
  private record Size(int taskManagers, Configuration settings) {

    /** Removes the numbers and settings from the beginning of the arguments. */
    static Size takenFrom(List<String> args) {
      int taskManagers = 1;
      Configuration settings = new Configuration();
      while (!args.isEmpty()) {
        String arg = args.get(0);
        int equals = arg.indexOf('=');
        if (arg.startsWith("-D") && equals > 2) {
          settings.setString(arg.substring(2, equals), arg.substring(equals + 1));
        } else if (arg.matches("[1-9]\\d{0,2}")) {
          taskManagers = Integer.parseInt(arg);
        } else {
          break;
        }
        args.remove(0);
      }
      return new Size(taskManagers, settings);
    }
  }

  private int status() throws IOException {
    if (!cluster.isUp()) {
      System.out.println("Down.");
      return REFUSED;
    }
    System.out.printf("Up; web page %s, logs %s%n", cluster.webPage(), cluster.logFolder());
    List<ClusterProcess> processes = new ArrayList<>(List.of(cluster.jobManager()));
    processes.addAll(cluster.taskManagers());
    for (ClusterProcess process : processes) {
      System.out.printf(
          "  %s%s%n", process, process.isAlive() ? "" : " is dead: up starts another");
    }
    return 0;
  }

  private int down() throws IOException, InterruptedException {
    List<ClusterProcess> ended = cluster.down();
    System.out.println(
        ended.isEmpty()
            ? "Nothing was up."
            : "Ended " + String.join(", ", ended.stream().map(Object::toString).toList()) + ".");
    return 0;
  }

  private int client(String verb, List<String> args) throws Exception {
    if (!cluster.isUp()) {
      throw new ClusterException("No cluster is up: start one with up.");
    }
    if (verb.equals("stop") && (args.contains("--drain") || args.contains("-d"))) {
      throw new ClusterException(
          "Not with --drain: it would make every open session final, as if nothing could follow."
              + " A savepoint without it goes on where it was.");
    }
    Configuration configuration = cluster.configuration();
    CliFrontend client =
        new CliFrontend(
            configuration,
            CliFrontend.loadCustomCommandLines(configuration, cluster.confFolder().toString()));
    List<String> all = new ArrayList<>(List.of(verb));
    all.addAll(verb.equals("run") ? withJar(client, args) : args);
    SecurityUtils.install(new SecurityConfiguration(configuration));
    return SecurityUtils.getInstalledContext()
        .runSecured(() -> client.parseAndRun(all.toArray(String[]::new)));
  }

  /** Inserts the jar of the job after Flink's own options, unless the arguments name a jar. */
  private List<String> withJar(CliFrontend client, List<String> args) {
    int options;
    try {
      CommandLine parsed =
          client.getCommandLine(
              CliFrontendParser.getRunCommandOptions(), args.toArray(String[]::new), true);
      options = args.size() - parsed.getArgs().length;
    } catch (CliArgsException e) {
      // The client parses them again and reports the error.
      return args;
    }
    if (options < args.size() && !args.get(options).startsWith("--")) {
      return args;
    }
    List<String> all = new ArrayList<>(args);
    all.add(options, jobJar);
    return all;
  }
}
