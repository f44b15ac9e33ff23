/**
 * Wiring: a process's share of the metadata quorum ({@link io.milena.controller.node.MetadataQuorum}) and the
 * controller-only node. The only package of this module that opens sockets and directories.
 */
@NullMarked
package io.milena.controller.node;

import org.jspecify.annotations.NullMarked;
