/** This service's events as a document to read. */
@NullMarked
package io.milena.inventory.web;

import org.jspecify.annotations.NullMarked;
