/** What REST requests bring along for the events they cause. Runs on the servlet container's threads. */
@NullMarked
package io.milena.starter.web;

import org.jspecify.annotations.NullMarked;
