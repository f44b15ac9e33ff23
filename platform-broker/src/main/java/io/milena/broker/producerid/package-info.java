/**
 * Producer ids: blocks handed out by the controller (AllocateProducerIds), given away one by one to idempotent producers
 * (InitProducerId). Event loops ask; the next block is fetched ahead of need on whatever thread the source completes on.
 */
@NullMarked
package io.milena.broker.producerid;

import org.jspecify.annotations.NullMarked;
