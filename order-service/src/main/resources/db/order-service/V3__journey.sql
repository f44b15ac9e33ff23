-- What consumer group order-journey has read about orders, in any topic: a copy for showing, nothing is decided by it.
-- Cluster and event id belong to the key: offsets begin anew on another broker.
create table if not exists journey_step (
    cluster_id varchar(64) not null,
    topic varchar(249) not null,
    record_partition int not null,
    record_offset bigint not null,
    event_id varchar(255) not null,
    order_id varchar(64) not null,
    event_type varchar(200),
    source varchar(200),
    recorded_at timestamp(6) with time zone not null,
    correlation_id varchar(255),
    causation_id varchar(255),
    trace_id varchar(64),
    attempts int not null,
    payload varchar(4000),
    dead_letter_group varchar(255),
    dead_letter_reason varchar(2000),
    original_topic varchar(249),
    original_partition int,
    original_offset bigint,
    seen_at timestamp(6) with time zone not null,
    primary key (cluster_id, topic, record_partition, record_offset, event_id)
);
create index if not exists journey_step_by_order on journey_step (order_id);
create index if not exists journey_step_by_time on journey_step (seen_at);
