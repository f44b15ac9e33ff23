/**
 * APIs that any node answers from its metadata image alone, on broker and controller listeners alike: configurations,
 * client quotas, SCRAM credentials, ACLs. Handlers run on event loops over immutable images; nothing is kept or changed.
 */
@NullMarked
package io.milena.controller.describe;

import org.jspecify.annotations.NullMarked;
