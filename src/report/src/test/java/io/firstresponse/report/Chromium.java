package io.firstresponse.report;

import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardWatchEventKinds;
import java.nio.file.WatchKey;
import java.nio.file.WatchService;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.logging.Level;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.openqa.selenium.By;
import org.openqa.selenium.Keys;
import org.openqa.selenium.chrome.ChromeDriver;
import org.openqa.selenium.chrome.ChromeDriverService;
import org.openqa.selenium.chrome.ChromeOptions;
import org.openqa.selenium.interactions.Actions;
import org.openqa.selenium.logging.LogEntry;
import org.openqa.selenium.logging.LogType;
import org.openqa.selenium.logging.LoggingPreferences;

/**
 * A Chromium without a window, of the machine at hand: the browser and its driver have to be on the
 * PATH (Debian: {@code apt-get install chromium chromium-driver}).
 */
final class Chromium implements AutoCloseable {

  private static final List<String> BROWSERS =
      List.of("chromium", "chromium-browser", "google-chrome");
  private static final List<String> DRIVERS = List.of("chromedriver");

  private static final Pattern SENT =
      Pattern.compile("\"Network.requestWillBeSent\".*?\"request\":\\{.*?\"url\":\"([^\"]*)\"");

  /** More than a page has of what can have the focus. */
  private static final int MOST_TABS = 200;

  private final Path home;
  private final ChromeDriver driver;

  private Chromium() {
    try {
      home = Files.createTempDirectory("chromium-");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    LoggingPreferences logs = new LoggingPreferences();
    logs.enable(LogType.BROWSER, Level.ALL);
    logs.enable(LogType.PERFORMANCE, Level.ALL);
    ChromeOptions options = new ChromeOptions();
    options.setBinary(onPath(BROWSERS).orElseThrow().toFile());
    options.addArguments(
        "--headless=new",
        // It runs as root in containers, and shows files of these tests only.
        "--no-sandbox",
        "--disable-dev-shm-usage",
        "--disable-gpu",
        "--hide-scrollbars",
        "--user-data-dir=" + home);
    options.setCapability("goog:loggingPrefs", logs);
    driver =
        new ChromeDriver(
            new ChromeDriverService.Builder()
                .usingDriverExecutable(onPath(DRIVERS).orElseThrow().toFile())
                .usingAnyFreePort()
                .withSilent(true)
                .build(),
            options);
  }

  static boolean isThere() {
    return onPath(BROWSERS).isPresent() && onPath(DRIVERS).isPresent();
  }

  static Chromium start() {
    return new Chromium();
  }

  /** Loads a page in a window of that size, in light or dark. */
  void show(Path page, int width, String scheme) {
    driver.executeCdpCommand(
        "Emulation.setDeviceMetricsOverride",
        Map.of("width", width, "height", 900, "deviceScaleFactor", 1, "mobile", width < 500));
    media("screen", scheme);
    driver.get(page.toUri().toString());
  }

  /**
   * As what the page is shown: {@code screen} or {@code print}, and {@code light} or {@code dark}.
   */
  void media(String type, String scheme) {
    driver.executeCdpCommand(
        "Emulation.setEmulatedMedia",
        Map.of(
            "media",
            type,
            "features",
            List.of(Map.of("name", "prefers-color-scheme", "value", scheme))));
  }

  /** The text that an expression in the page gives. */
  String text(String expression) {
    return (String) value(expression);
  }

  /** The number that an expression in the page gives. */
  double number(String expression) {
    return ((Number) value(expression)).doubleValue();
  }

  /** Whether an expression in the page is true. */
  boolean holds(String expression) {
    return (Boolean) value(expression);
  }

  /** The texts of what an expression in the page gives an array of. */
  List<String> texts(String expression) {
    return ((List<?>) value(expression)).stream().map(String::valueOf).toList();
  }

  private Object value(String expression) {
    return driver.executeScript("return " + expression);
  }

  /** Clicks where a person would. */
  void click(String selector) {
    driver.findElement(By.cssSelector(selector)).click();
  }

  /** Presses the tabulator until the element with that selector has the focus. */
  void tabTo(String selector) {
    String there = "document.activeElement.matches('%s')".formatted(selector);
    for (int n = 0; n < MOST_TABS; n++) {
      press(Keys.TAB);
      if (holds(there)) {
        return;
      }
    }
    throw new AssertionError("the tabulator does not reach " + selector);
  }

  /** Presses keys, wherever the focus is. */
  void press(CharSequence... keys) {
    new Actions(driver).sendKeys(keys).perform();
  }

  /** The only CSV file that appears in a new folder after what is done. */
  Path downloaded(Runnable saves) throws IOException, InterruptedException {
    Path folder = Files.createDirectory(home.resolve("downloads-" + System.nanoTime()));
    driver.executeCdpCommand(
        "Browser.setDownloadBehavior",
        Map.of("behavior", "allow", "downloadPath", folder.toString()));
    try (WatchService watched = folder.getFileSystem().newWatchService()) {
      folder.register(watched, StandardWatchEventKinds.ENTRY_CREATE);
      saves.run();
      while (true) {
        try (Stream<Path> files = Files.list(folder)) {
          // It has its name when it is whole.
          Optional<Path> csv = files.filter(file -> file.toString().endsWith(".csv")).findAny();
          if (csv.isPresent()) {
            return csv.get();
          }
        }
        WatchKey key = watched.poll(20, TimeUnit.SECONDS);
        if (key == null) {
          throw new AssertionError("nothing was saved");
        }
        key.reset();
      }
    }
  }

  /** The page on paper: a PDF. */
  String printed() {
    return (String)
        driver
            .executeCdpCommand(
                "Page.printToPDF", Map.of("preferCSSPageSize", true, "printBackground", true))
            .get("data");
  }

  /** What the browser has complained of since it was last asked. */
  List<String> complaints() {
    return driver.manage().logs().get(LogType.BROWSER).getAll().stream()
        .map(LogEntry::toString)
        .toList();
  }

  /** The addresses that pages in files have asked for since they were last asked for here. */
  List<String> requests() {
    List<String> requests = new ArrayList<>();
    for (LogEntry entry : driver.manage().logs().get(LogType.PERFORMANCE)) {
      // The browser's own first page asks for much.
      if (entry.getMessage().contains("\"documentURL\":\"file:")) {
        SENT.matcher(entry.getMessage()).results().forEach(found -> requests.add(found.group(1)));
      }
    }
    return requests;
  }

  private static Optional<Path> onPath(List<String> names) {
    return Arrays.stream(System.getenv("PATH").split(File.pathSeparator))
        .flatMap(folder -> names.stream().map(name -> Path.of(folder, name)))
        .filter(Files::isExecutable)
        .findFirst();
  }

  @Override
  public void close() {
    driver.quit();
    try (Stream<Path> files = Files.walk(home)) {
      files.sorted(Comparator.reverseOrder()).map(Path::toFile).forEach(file -> file.delete());
    } catch (IOException | UncheckedIOException e) {
      // The browser may still be at it; the system clears its temporary directory.
    }
  }
}
