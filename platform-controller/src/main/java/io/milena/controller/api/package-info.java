/**
 * The controller listener's APIs: each handler checks what can be checked without state and hands the request to the
 * controller's thread. Handlers run on event loops and never block; answers leave from the controller's thread after commit.
 */
@NullMarked
package io.milena.controller.api;

import org.jspecify.annotations.NullMarked;
