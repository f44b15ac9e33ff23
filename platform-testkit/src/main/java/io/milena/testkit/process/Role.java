package io.milena.testkit.process;

/** What a node is, as {@code process.roles} says. */
public enum Role {
    CONTROLLER("controller"),
    BROKER("broker"),
    COMBINED("broker,controller");

    private final String processRoles;

    Role(String processRoles) {
        this.processRoles = processRoles;
    }

    /** The value of {@code process.roles}. */
    public String processRoles() {
        return processRoles;
    }

    public boolean isController() {
        return this != BROKER;
    }

    public boolean isBroker() {
        return this != CONTROLLER;
    }

    static Role of(String processRoles) {
        boolean broker = processRoles.contains("broker");
        if (broker && processRoles.contains("controller")) {
            return COMBINED;
        }
        return broker ? BROKER : CONTROLLER;
    }
}
