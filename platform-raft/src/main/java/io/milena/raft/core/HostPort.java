package io.milena.raft.core;

/**
 * An address as configured: the name is resolved anew at each dial, never here.
 *
 * @param host name or literal address; an IPv6 literal without brackets
 * @param port TCP port, 1 to 65535 (0 while an ephemeral port is not bound yet)
 */
public record HostPort(String host, int port) {
    /** Parses {@code host:port} or {@code [ipv6]:port}. */
    public static HostPort parse(String text) {
        int colon = text.lastIndexOf(':');
        if (colon <= 0) {
            throw new IllegalArgumentException("Address '" + text + "' must be host:port");
        }
        String host = text.substring(0, colon);
        if (host.startsWith("[") && host.endsWith("]")) {
            host = host.substring(1, host.length() - 1);
        }
        try {
            return new HostPort(host, Integer.parseInt(text.substring(colon + 1)));
        } catch (NumberFormatException notANumber) {
            throw new IllegalArgumentException("Address '" + text + "' must end in a port number", notANumber);
        }
    }

    @Override
    public String toString() {
        return (host.indexOf(':') >= 0 ? "[" + host + "]" : host) + ":" + port;
    }
}
