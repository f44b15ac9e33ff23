package io.milena.compare;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.IntNode;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.kafka.common.protocol.ApiKeys;
import org.jspecify.annotations.Nullable;

/** Asks both servers the same questions at the same time, one after the other, and keeps how the answers compare. One thread. */
public final class Interview {
    private static final int PATIENCE_MS = 1_500;
    private static final int SILENT_IN_A_ROW = 4;
    private static final int SOCKET_MS = 60_000;
    /** For the second once the first has answered: a busy machine is no difference. Apache Kafka has known requests it never answers. */
    private static final int KAFKA_SECOND_MS = 3_000;

    private static final int MILENA_SECOND_MS = 6_000;

    private static final JsonNode GONE = Answer.REFUSED.body();

    private final Server kafka;
    private final Server milena;
    private static final String KAFKA_ENDED = "Apache Kafka's node has ended";

    private final ExpectedDifferences expected;
    private final ExpectedDifferences known;
    private final List<Result> results = new ArrayList<>();
    private String about = "";
    private JsonNode kafkaAnswer = Json.object();
    private JsonNode milenaAnswer = Json.object();
    private int patienceMs = PATIENCE_MS;
    private int counter;
    private Set<String> ignored = Set.of();
    private boolean silenceEnds;
    private int silent;
    private int inexpressible;

    Interview(Server kafka, Server milena, ExpectedDifferences expected, ExpectedDifferences known) {
        this.kafka = kafka;
        this.milena = milena;
        this.expected = expected;
        this.known = known;
    }

    /** Questions that their version has no way to ask. */
    int inexpressible() {
        return inexpressible;
    }

    List<Result> results() {
        return results;
    }

    /** What the next questions are about: the first part of their names. */
    public void about(String subject) {
        about = subject;
    }

    /** Fields whose numbers are not compared from now on: offsets, once one of the two has taken what the other has refused. */
    public void ignore(String... fields) {
        ignored = Set.of(fields);
    }

    /** How long both may be silent together before that counts as their answer. */
    public void patience(int ms) {
        patienceMs = ms;
    }

    /** Asks the broker listener; fields that {@code base} lacks have their defaults. */
    public Interview ask(String name, ApiKeys api, int version, String base) {
        return ask(Listener.BROKER, name, api, version, Json.of(base));
    }

    /** Asks in every version, oldest first; what a version has no field for is left out. */
    public Interview askAll(String name, ApiKeys api, String base) {
        for (short version : api.allVersions()) {
            ask(name, api, version, base);
        }
        return this;
    }

    public Interview askController(String name, ApiKeys api, int version, String base) {
        return ask(Listener.CONTROLLER, name, api, version, Json.of(base));
    }

    Interview ask(Listener listener, String name, ApiKeys api, int version, JsonNode base) {
        return send(
                listener,
                name,
                api,
                (short) version,
                Shape.of(api, (short) version).complete(base));
    }

    /** Asks with a complete body. A body that a version has no way to say (a null that it does not allow) is not asked. */
    Interview send(Listener listener, String name, ApiKeys api, short version, JsonNode body) {
        count();
        ByteBuffer first;
        ByteBuffer second;
        try {
            first = Messages.request(api, version, Placeholders.resolve(body, kafka.learned()));
            second = Messages.request(api, version, Placeholders.resolve(body, milena.learned()));
        } catch (RuntimeException e) {
            inexpressible++;
            return this;
        }
        return exchange(new Subject(listener, api, version, name, body.toString()), first, second);
    }

    /** Asks with any bytes behind the header. */
    public Interview raw(Listener listener, String name, ApiKeys api, int version, byte[] body) {
        count();
        ByteBuffer frame = Messages.raw(api, (short) version, ByteBuffer.wrap(body));
        return exchange(
                new Subject(listener, api, (short) version, name, "<" + body.length + " bytes>"),
                frame,
                frame.duplicate());
    }

    private record Subject(Listener listener, ApiKeys api, short version, String name, String request) {}

    private void count() {
        learn("number", IntNode.valueOf(counter), IntNode.valueOf(counter));
        counter++;
    }

    private Interview exchange(Subject subject, ByteBuffer toKafka, ByteBuffer toMilena) {
        CompletableFuture<Answer> first = kafka.ask(subject.listener, subject.api, subject.version, toKafka, SOCKET_MS);
        CompletableFuture<Answer> second =
                milena.ask(subject.listener, subject.api, subject.version, toMilena, SOCKET_MS);
        if (get(CompletableFuture.anyOf(first, second), patienceMs) == null) {
            kafka.stopWaiting();
            milena.stopWaiting();
        }
        kafkaAnswer = answer(kafka, first, KAFKA_SECOND_MS);
        milenaAnswer = answer(milena, second, MILENA_SECOND_MS);
        record(subject);
        silent = somebodyWasSilent() ? silent + 1 : 0;
        if (silenceEnds && (kafkaAnswer.equals(GONE) || milenaAnswer.equals(GONE))) {
            throw new IllegalStateException(milenaAnswer.equals(GONE) ? "Milena's node has ended" : KAFKA_ENDED);
        }
        if (silenceEnds && silent >= SILENT_IN_A_ROW) {
            silent = 0;
            throw new IllegalStateException(SILENT_IN_A_ROW + " questions in a row were left unanswered");
        }
        return this;
    }

    private void record(Subject subject) {
        JsonNode theirs = new Normaliser(kafka, subject.api, ignored).normalise(kafkaAnswer);
        JsonNode ours = new Normaliser(milena, subject.api, ignored).normalise(milenaAnswer);
        String name = (about.isEmpty() ? "" : about + ": ")
                + subject.name
                + (subject.listener == Listener.CONTROLLER ? " (controller)" : "");
        List<Difference> unexplained = new ArrayList<>();
        List<Difference> open = new ArrayList<>();
        List<Difference> onPurpose = new ArrayList<>();
        for (Difference difference : Difference.between(theirs, ours)) {
            if (expected.explains(subject.api, subject.version, name, difference)) {
                onPurpose.add(difference);
            } else if (known.explains(subject.api, subject.version, name, difference)) {
                open.add(difference);
            } else {
                unexplained.add(difference);
            }
        }
        results.add(new Result(
                subject.listener, subject.api, subject.version, name, subject.request, unexplained, open, onPurpose));
    }

    private static JsonNode answer(Server server, CompletableFuture<Answer> future, int ms) {
        Answer answer = get(future, ms);
        if (answer == null) {
            server.stopWaiting();
            answer = get(future, ms);
        }
        return (answer == null ? Answer.SILENT : answer).body();
    }

    /** Whether one of the two never answered the last question. */
    boolean somebodyWasSilent() {
        return kafkaAnswer.equals(Answer.SILENT.body()) || milenaAnswer.equals(Answer.SILENT.body());
    }

    private static <T> @Nullable T get(CompletableFuture<T> future, int ms) {
        try {
            return future.get(ms, TimeUnit.MILLISECONDS);
        } catch (TimeoutException e) {
            return null;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("Interrupted while waiting for an answer", e);
        } catch (ExecutionException e) {
            throw new IllegalStateException("A question cannot be asked", e.getCause());
        }
    }

    /** The APIs that both offer on a listener, but for those that may end or break a node. */
    public Set<ApiKeys> harmless(Listener listener) {
        Set<ApiKeys> apis = offeredByBoth(listener);
        apis.removeAll(DangerousQuestions.APIS);
        return apis;
    }

    /** The APIs that both offer on a listener. */
    Set<ApiKeys> offeredByBoth(Listener listener) {
        ask(
                listener,
                "offered",
                ApiKeys.API_VERSIONS,
                3,
                Json.of("{clientSoftwareName: 'compare', clientSoftwareVersion: '1'}"));
        Set<ApiKeys> both = offered(kafkaAnswer);
        both.retainAll(offered(milenaAnswer));
        return both;
    }

    private static Set<ApiKeys> offered(JsonNode answer) {
        Set<ApiKeys> apis = EnumSet.noneOf(ApiKeys.class);
        answer.path("apiKeys")
                .forEach(each -> apis.add(ApiKeys.forId(each.path("apiKey").asInt())));
        return apis;
    }

    /** Remembers, for later questions and for comparing, what each server said at a JSON pointer in its last answer. */
    public Interview remember(String name, String pointer) {
        JsonNode theirs = kafkaAnswer.at(pointer);
        JsonNode ours = milenaAnswer.at(pointer);
        learn(name, theirs.isMissingNode() ? Json.text("") : theirs, ours.isMissingNode() ? Json.text("") : ours);
        return this;
    }

    /** Remembers the same value for both. */
    public void know(String name, JsonNode value) {
        learn(name, value, value);
    }

    private void learn(String name, JsonNode theirs, JsonNode ours) {
        kafka.learned().put(name, theirs);
        milena.learned().put(name, ours);
    }

    /** A sequence of questions could not be asked to its end. */
    void failed(String what, RuntimeException why) {
        String said = "<" + why.getMessage() + ">";
        boolean kafkas = said.contains(KAFKA_ENDED) || said.contains("/kafka/node-");
        Difference difference = kafkas
                ? new Difference(Difference.WHOLE, said, "<goes on>")
                : new Difference(Difference.WHOLE, "<goes on>", said);
        List<Difference> one = List.of(difference);
        boolean known = expected.explains(ApiKeys.API_VERSIONS, (short) 0, what, difference);
        results.add(new Result(
                Listener.BROKER,
                ApiKeys.API_VERSIONS,
                (short) 0,
                what,
                "",
                known ? List.of() : one,
                List.of(),
                known ? one : List.of()));
    }

    /** What requests of brokers and voters name themselves by. */
    void learnDirectories() {
        ask("cluster", ApiKeys.DESCRIBE_CLUSTER, 2, "{}").remember("clusterId", "/clusterId");
        know("noDirectory", Json.text("AAAAAAAAAAAAAAAAAAAAAA"));
    }

    /** Starts what has ended and asks both again: whoever cannot answer is broken for good. */
    void stillThere(Pair pair) {
        about("afterwards");
        try {
            pair.start();
        } catch (IllegalStateException e) {
            failed("a start afterwards", e);
        }
        tolerateSilence();
        ask("who is there", ApiKeys.DESCRIBE_CLUSTER, 2, "{}");
    }

    /**
     * From now on a node that has ended, or a row of questions that somebody leaves unanswered, ends the sequence: whoever asked on would
     * learn nothing, and wait for each.
     *
     * @throws IllegalStateException from the question that is one too many
     */
    void endAfterSilence() {
        silenceEnds = true;
    }

    private void tolerateSilence() {
        silenceEnds = false;
    }

    /** Both answers to the last question. */
    JsonNode kafkaAnswer() {
        return kafkaAnswer;
    }

    JsonNode milenaAnswer() {
        return milenaAnswer;
    }

    /** Asks a question until both answers satisfy a condition at a pointer; not compared. */
    public void await(ApiKeys api, int version, String base, String pointer, String value) {
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(30);
        while (System.nanoTime() < deadline) {
            ask("await", api, version, base);
            results.remove(results.size() - 1);
            if (kafkaAnswer.at(pointer).asText().equals(value)
                    && milenaAnswer.at(pointer).asText().equals(value)) {
                return;
            }
        }
        throw new IllegalStateException(
                "Not both came to " + pointer + "=" + value + ": " + kafkaAnswer + " | " + milenaAnswer);
    }

    /** As {@link #ask}, with bytes behind the request in its frame. */
    public Interview behind(Listener listener, String name, ApiKeys api, int version, String base, int bytes) {
        count();
        JsonNode body = Shape.of(api, (short) version).complete(Json.of(base));
        ByteBuffer request = Messages.request(api, (short) version, body);
        ByteBuffer longer =
                ByteBuffer.allocate(request.remaining() + bytes).put(request).rewind();
        return exchange(new Subject(listener, api, (short) version, name, body.toString()), longer, longer.duplicate());
    }

    /** Sends any bytes as a frame; if they begin with an API's key and version, the answer is read as that API's. */
    public Interview frame(Listener listener, String name, byte[] bytes) {
        count();
        Subject subject = new Subject(listener, ApiKeys.API_VERSIONS, (short) 0, name, "<" + bytes.length + " bytes>");
        return exchange(subject, ByteBuffer.wrap(bytes.clone()), ByteBuffer.wrap(bytes.clone()));
    }

    /** Makes a topic and returns when its partitions have leaders. Its id is known as its name with "Id" behind. */
    public void topic(String name, int partitions, String configs) {
        SetUp.topic(this, name, partitions, configs);
    }

    /** A field of each element of an array in Apache Kafka's last answer. */
    public List<String> kafkaSays(String pointer, String field) {
        List<String> values = new ArrayList<>();
        kafkaAnswer
                .at(pointer)
                .forEach(element -> values.add(element.path(field).asText()));
        return values;
    }

    /** A field of the element with that name in an array in Apache Kafka's last answer. */
    public String kafkaSays(String pointer, String name, String field) {
        for (JsonNode element : kafkaAnswer.at(pointer)) {
            if (element.path("name").asText().equals(name)) {
                return element.path(field).asText("");
            }
        }
        return "";
    }
}
