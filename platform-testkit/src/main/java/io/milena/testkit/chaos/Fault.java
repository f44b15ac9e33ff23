package io.milena.testkit.chaos;

/** What may happen to a node. */
public enum Fault {
    KILL("kill -9"),
    PAUSE("SIGSTOP"),
    STOP("clean stop"),
    CUT("cut both ways"),
    CUT_ONE_WAY("cut one way");

    private final String words;

    Fault(String words) {
        this.words = words;
    }

    @Override
    public String toString() {
        return words;
    }
}
