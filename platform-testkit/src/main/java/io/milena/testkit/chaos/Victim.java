package io.milena.testkit.chaos;

/** To whom it may happen, by what the node does at that moment. */
public enum Victim {
    CONTROLLER_LEADER("controller leader"),
    CONTROLLER_FOLLOWER("controller follower"),
    PARTITION_LEADER("partition leader"),
    FOLLOWER("partition follower"),
    COORDINATOR("group coordinator"),
    ALL("all at once");

    private final String words;

    Victim(String words) {
        this.words = words;
    }

    @Override
    public String toString() {
        return words;
    }
}
