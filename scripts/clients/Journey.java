import java.io.File;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.function.Predicate;
import semstreams.ApiClient;
import semstreams.ApiException;
import semstreams.api.BackupApi;
import semstreams.api.DeadLettersApi;
import semstreams.api.FlowsApi;
import semstreams.api.OperationsApi;
import semstreams.api.RunningApi;
import semstreams.model.*;

/** What people do by script, with the client that is generated for Java: Journey SERVER TOKEN. */
public final class Journey {
  private static final String ID = "java";

  public static void main(String[] given) throws Exception {
    ApiClient client = new ApiClient();
    client.updateBaseUri(given[0]);
    client.setRequestInterceptor(request -> request.header("Authorization", "Bearer " + given[1]));
    FlowsApi flows = new FlowsApi(client);
    RunningApi running = new RunningApi(client);
    DeadLettersApi deadLetters = new DeadLettersApi(client);
    BackupApi backup = new BackupApi(client);

    // a number is asked of a word: every message becomes a dead letter
    List<GivenComponent> components = List.of(
        component("source", "simulator_input", Map.of("rate", 20)),
        component("number", "json_map",
            Map.of("steps", List.of(Map.of("do", "convert", "field", "vehicle", "into", "number")))),
        component("log", "file_output", Map.of("path", "log.ndjson")));
    StoredFlow flow = flows.createFlow(new NewFlow().id(ID).name("From Java").components(components), null);
    require(flows.listFlows(null, null, null, ID, null, null).getItems().stream()
        .anyMatch(each -> each.getId().equals(ID)), "the flow is not in the list");
    require(flows.validateFlow(flow).getFindings().isEmpty(), "the flow has findings");
    step("a flow is made, listed and checked");

    ChangedFlow change = new ChangedFlow().id(ID).name("Changed from Java").components(components);
    String tag = "\"" + flow.getRevision() + "\"";
    require(flows.saveFlow(ID, change, null, tag).getRevision() > flow.getRevision(), "it has the same revision");
    refused(412, () -> flows.saveFlow(ID, change, null, tag));
    step("it is changed, and not overwritten by who knows an older one");

    require(running.deployFlow(ID, "30s", null, null).getDesired() == Desired.RUNNING, "it should not run");
    FlowStatus status = eventually("figures", () -> running.getStatus(ID),
        now -> now.getDeadLetters().intValue() > 3);
    require(status.getComponents().stream().anyMatch(each -> each.getOutTotal().longValue() > 0), "nothing is told");
    require(status.getConnections().get(0).getTotal().longValue() > 0, "nothing went");
    require(!running.listRecentMessages(ID, "source.out", null).getMessages().isEmpty(), "nothing is seen");
    require(running.listSeenFields(ID).getConnections().stream().anyMatch(seen -> !seen.getFields().isEmpty()),
        "no fields are seen");
    step("it is deployed, and its figures live: " + status.getSentence());

    Injection injection = new Injection().payloads(List.of(Map.of("vehicle", "none"), Map.of("vehicle", "7")));
    String key = UUID.randomUUID().toString();
    require(running.injectMessages(ID, "number", injection, key).getAccepted() == 2, "not both are taken");
    require(running.injectMessages(ID, "number", injection, key).getAccepted() == 2, "not both were taken");
    refused(404, () -> running.getStatus("nobody"));
    step("messages are injected, once for each key");

    running.stopFlow(ID, "30s");
    DeadLetterPage page = deadLetters.listDeadLetters(ID, 2, null, null, null, null, null);
    DeadLetterPage following = deadLetters.listDeadLetters(ID, 2, page.getNext(), null, null, null, null);
    Set<Long> sequences = new HashSet<>();
    for (DeadLetterPage each : List.of(page, following))
      each.getItems().forEach(letter -> sequences.add(letter.getSequence()));
    require(sequences.size() == 4, "the pages overlap");
    DeadLetter letter = deadLetters.getDeadLetter(ID, page.getItems().get(0).getSequence());
    require(letter.getCanResend() && !letter.getReason().isEmpty(), "it cannot be resent");
    running.startFlow(ID, "30s");
    DeadLetterChoice choice = new DeadLetterChoice().sequences(List.of(letter.getSequence()));
    require(deadLetters.resendDeadLetters(ID, null, choice).getResent() == 1, "it is not resent");
    deadLetters.discardDeadLetter(ID, page.getItems().get(1).getSequence());
    running.stopFlow(ID, "30s");
    require(deadLetters.discardDeadLetters(ID).getDiscarded() > 0, "none is discarded");
    require(deadLetters.listDeadLetters(ID, null, null, null, null, null, null).getTotal() == 0, "some are left");
    step("dead letters are paged, looked at, resent and discarded");

    File kept = backup.makeBackup(null, null);
    flows.deleteFlow(ID, null, null, null);
    refused(404, () -> flows.getFlow(ID, null));
    RestoreOutcome preview = restore(client, given, kept, true);
    require(preview.getUndoWith() == null, "the preview is none");
    require(preview.getBuckets().stream().anyMatch(bucket -> bucket.getAdded().contains(ID)),
        "the preview does not tell the flow");
    refused(404, () -> flows.getFlow(ID, null));
    RestoreOutcome restored = restore(client, given, kept, false);
    require(flows.getFlow(ID, null).getName().equals("Changed from Java"), "another flow came back");
    require(backup.listBackups(null, null, null, null).getItems().stream()
        .anyMatch(each -> each.getName().equals(restored.getUndoWith()) && each.getBytes() > 0), "no way back is kept");
    step("a backup is taken, tried and restored");

    flows.deleteFlow(ID, null, null, null);
    require(flows.listFlows(null, null, null, null, null, null).getItems().stream()
        .noneMatch(each -> each.getId().equals(ID)), "the flow is there");
    require(new OperationsApi(client).getLiveness().getStatus().getValue().equals("ok"), "it is not alive");
    step("the flow is deleted");
  }

  /** The generated call sends the name of the file in place of its content: this sends it, and reads the answer alike. */
  private static RestoreOutcome restore(ApiClient client, String[] given, File kept, boolean isPreview)
      throws Exception {
    java.net.http.HttpRequest request =
        java.net.http.HttpRequest.newBuilder(java.net.URI.create(given[0] + "/api/v1/restore?preview=" + isPreview))
            .header("Authorization", "Bearer " + given[1])
            .header("Content-Type", "application/x-tar")
            .POST(java.net.http.HttpRequest.BodyPublishers.ofFile(kept.toPath()))
            .build();
    String answer = java.net.http.HttpClient.newHttpClient()
        .send(request, java.net.http.HttpResponse.BodyHandlers.ofString()).body();
    return client.getObjectMapper().readValue(answer, RestoreOutcome.class);
  }

  private static GivenComponent component(String id, String type, Map<String, Object> config) {
    return new GivenComponent().id(id).type(type).config(config);
  }

  private static void refused(int status, Callable<?> call) throws Exception {
    try {
      call.call();
    } catch (ApiException refusal) {
      require(refusal.getCode() == status, "refused by " + refusal.getCode() + ": " + refusal.getResponseBody());
      return;
    }
    throw new AssertionError("not refused by " + status);
  }

  private static <T> T eventually(String what, Callable<T> look, Predicate<T> isMeant) throws Exception {
    for (int tries = 0; tries < 600; tries++) {
      T found = look.call();
      if (isMeant.test(found)) return found;
      Thread.sleep(100);
    }
    throw new AssertionError("waited in vain for " + what);
  }

  private static void require(boolean holds, String otherwise) {
    if (!holds) throw new AssertionError(otherwise);
  }

  private static void step(String sentence) {
    System.out.println("java: " + sentence);
  }
}
