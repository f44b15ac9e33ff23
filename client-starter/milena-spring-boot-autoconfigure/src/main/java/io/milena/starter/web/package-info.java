/**
 * What REST requests bring along for the events they cause; how large their bodies may be, and how it is told what is wrong with them. Runs on the
 * servlet container's threads.
 */
@NullMarked
package io.milena.starter.web;

import org.jspecify.annotations.NullMarked;
