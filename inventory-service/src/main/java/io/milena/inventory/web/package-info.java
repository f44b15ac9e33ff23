/** What every request of this service is measured by: how large its body may be, and how it is told what is wrong. */
@NullMarked
package io.milena.inventory.web;

import org.jspecify.annotations.NullMarked;
