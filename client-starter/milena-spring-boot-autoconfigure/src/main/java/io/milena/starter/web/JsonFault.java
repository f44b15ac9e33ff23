package io.milena.starter.web;

import tools.jackson.core.JacksonException;

/** What is wrong with a JSON body, told without the names of classes. */
public final class JsonFault {
    private JsonFault() {}

    /** The field that cannot be read, such as {@code lines[2].quantity}; empty if it is none in particular. */
    public static String field(JacksonException e) {
        StringBuilder path = new StringBuilder();
        for (JacksonException.Reference step : e.getPath()) {
            if (step.getPropertyName() == null) {
                path.append('[').append(step.getIndex()).append(']');
            } else {
                path.append(path.isEmpty() ? "" : ".").append(step.getPropertyName());
            }
        }
        return path.toString();
    }

    /** {@code " at line 1, column 7"}; empty if that is not known. */
    public static String place(JacksonException e) {
        return e.getLocation() == null
                ? ""
                : " at line " + e.getLocation().getLineNr() + ", column "
                        + e.getLocation().getColumnNr();
    }
}
